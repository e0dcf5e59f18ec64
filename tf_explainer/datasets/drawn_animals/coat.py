"""What an animal is made of: colors and their pattern."""

import dataclasses

import numpy as np

from tf_explainer.datasets.drawn_animals.stream import (
    TILE,
    Color,
    Stream,
    mixed,
    noise_tile,
)

TINTS = (
    "coat",
    "limb",
    "hair",
    "feather",
    "muzzle",
    "inner",
    "skin",
    "keratin",
    "white",
    "eye",
    "dark",
)
TINT_INDEX = {name: index for index, name in enumerate(TINTS)}
_PATTERNED = np.array([name in ("coat", "limb") for name in TINTS])
# How sharply a material mirrors the lamp.
_GLOSS = np.array(
    [{"eye": 0.9, "keratin": 0.2, "skin": 0.25}.get(name, 0) for name in TINTS],
    "float32",
)
_FURS = (
    (0.47, 0.29, 0.16),
    (0.70, 0.42, 0.19),
    (0.80, 0.64, 0.42),
    (0.92, 0.86, 0.74),
    (0.94, 0.94, 0.92),
    (0.58, 0.58, 0.60),
    (0.37, 0.39, 0.43),
    (0.19, 0.17, 0.17),
    (0.36, 0.22, 0.15),
    (0.72, 0.53, 0.33),
    (0.60, 0.33, 0.24),
    (0.50, 0.52, 0.57),
)
_SKINS = ((0.80, 0.55, 0.52), (0.25, 0.21, 0.21), (0.45, 0.33, 0.30))
_HORN = (
    (0.86, 0.79, 0.62),
    (0.36, 0.33, 0.31),
    (0.90, 0.62, 0.22),
    (0.62, 0.55, 0.44),
)
_EYES = ((0.10, 0.07, 0.06), (0.16, 0.09, 0.04), (0.05, 0.06, 0.08))
# Humps along a tile, octaves, and sharpness of the edge.
_NOISES = {
    "patches": (4, 2, 9.0),
    "spots": (16, 1, 4.0),
    "mottled": (32, 3, 2.0),
}
# How far the second color is from the first. Bold stripes would make a zebra
# of every animal, and bold spots would hide where parts end.
_BOLDNESS = {
    "plain": 0.0,
    "patches": 0.9,
    "spots": 0.7,
    "stripes": 0.4,
    "mottled": 0.6,
}
_PATTERNS = ("plain", "plain", "patches", "spots", "stripes", "mottled")


@dataclasses.dataclass(frozen=True, eq=False)
class Coat:
    """Colors of all materials, and the pattern of the fur.

    Attributes:
        colors: Float32 `(tints, 3)`, RGB within [0, 1].
        second: The other color of a pattern, RGB.
        pattern: Name of the pattern.
        humps: Size of the pattern, humps in a length of the torso.
        share: Share of the fur that has the second color.
        grain: Strength of the hairs.
        offset: Place in the noise, (row, column), far from its start.
    """

    colors: np.ndarray
    second: np.ndarray
    pattern: str
    humps: float
    share: float
    grain: float
    offset: tuple[float, float]

    @classmethod
    def draw(cls, stream: Stream, behind: Color) -> "Coat":
        """Returns a random coat that stands out.

        Args:
            stream: Random numbers.
            behind: Mean color of the background, RGB.
        """
        furs = sorted(_FURS, key=lambda fur: -_difference(fur, behind))
        # The nearer half of the colors would hide the animal.
        base = _varied(stream, stream.choice(furs[:7]))
        second = _varied(stream, stream.choice(furs[:7]))
        pattern = stream.choice(_PATTERNS)
        dark, pale = mixed(base, (0.08, 0.06, 0.06), 0.5), _pale(base)
        colors = {
            "coat": base,
            "limb": stream.choice((base, base, dark, second)),
            "hair": stream.choice((dark, dark, second, pale)),
            "feather": stream.choice((dark, second, mixed(base, dark, 0.5))),
            "muzzle": stream.choice((base, pale, second, dark)),
            "inner": mixed(base, stream.choice(_SKINS), 0.6),
            "skin": stream.choice(_SKINS),
            "keratin": _varied(stream, stream.choice(_HORN)),
            "white": mixed(pale, dark, stream.uniform(0.0, 0.5)),
            "eye": stream.choice(_EYES),
            "dark": (0.08, 0.07, 0.07),
        }
        return cls(
            np.array([colors[name] for name in TINTS], "float32"),
            np.array(mixed(base, second, _BOLDNESS[pattern]), "float32"),
            pattern,
            stream.uniform(0.7, 1.4),
            stream.uniform(0.25, 0.5),
            stream.uniform(0.12, 0.3),
            (stream.uniform(4, 5) * 4 * TILE, stream.uniform(4, 5) * 4 * TILE),
        )

    def paint(
        self, tints: np.ndarray, y: np.ndarray, x: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Colors an animal.

        Args:
            tints: Uint8 `(pixels,)`, materials.
            y: Float32 `(pixels,)`, places down from the torso's center, in
                lengths of the torso.
            x: Float32 `(pixels,)`, places to the right of it.

        Returns:
            RGB float32 `(3, pixels)`, unlit, and the gloss `(pixels,)`.
        """
        colors = np.take(self.colors.T, tints, axis=1)
        if self.pattern != "plain":
            weight = self._pattern(y, x) * _PATTERNED[tints]
            for channel, second in zip(colors, self.second, strict=True):
                channel += weight * (second - channel)
        hairs = self._look_up(noise_tile(64, 4, 2), y, x, 1.0)
        colors *= (1.0 - self.grain / 2) + self.grain * hairs
        return colors, _GLOSS[tints]

    def _pattern(self, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        if self.pattern == "stripes":
            warp = self._look_up(noise_tile(4), y, x, self.humps)
            waves = x * (5.0 * self.humps) + 1.6 * warp
            waves = waves - np.floor(waves)
            value, sharpness = np.abs(waves - 0.5) * 2.0, 5.0
        else:
            cells, octaves, sharpness = _NOISES[self.pattern]
            tile = noise_tile(cells, 1, octaves)
            value = self._look_up(tile, y, x, self.humps)
        soft = (self.share - value) * np.float32(sharpness) + np.float32(0.5)
        return np.clip(soft, 0.0, 1.0)

    def _look_up(
        self, tile: np.ndarray, y: np.ndarray, x: np.ndarray, humps: float
    ) -> np.ndarray:
        row, column = self.offset
        rows = (y * (200.0 * humps) + row).astype("int32") & (TILE - 1)
        columns = (x * (200.0 * humps) + column).astype("int32") & (TILE - 1)
        return tile.ravel()[rows * TILE + columns]


def _difference(first: Color, second: Color) -> float:
    return sum(abs(a - b) for a, b in zip(first, second, strict=True))


def _pale(color: Color) -> Color:
    return mixed(color, (0.97, 0.95, 0.92), 0.65)


def _varied(stream: Stream, color: Color) -> Color:
    brightness = stream.uniform(0.85, 1.1)
    red, green, blue = (
        min(1.0, brightness * value + stream.uniform(-0.03, 0.03))
        for value in color
    )
    return red, green, blue
