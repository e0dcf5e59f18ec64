"""What a drawing draws from: random numbers, textures, colors and light."""

import dataclasses
import functools
import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Entry = TypeVar("Entry")
# New purposes go to the end: those before keep their numbers.
_PURPOSES = ("pose", "build", "place", "backdrop", "coat", "light", "occluder")
_NUMBERS = 128


class Stream:
    """Random numbers for one purpose, equal on every machine.

    Each purpose has a fixed supply of its own, so that one more number used
    for one purpose shifts no other.

    Args:
        numbers: The supply, from [0, 1).
    """

    def __init__(self, numbers: list[float]) -> None:
        self._numbers = iter(numbers)

    @classmethod
    def for_each_purpose(cls, seed: int) -> dict[str, "Stream"]:
        """Returns a stream for each purpose in drawing one animal.

        Args:
            seed: The drawing's number, >= 0.
        """
        generator = np.random.Generator(np.random.PCG64(seed))
        supplies = generator.random((len(_PURPOSES), _NUMBERS)).tolist()
        pairs = zip(_PURPOSES, supplies, strict=True)
        return {purpose: cls(supply) for purpose, supply in pairs}

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Returns a number from [low, high)."""
        return low + (high - low) * next(self._numbers)

    def chance(self, probability: float) -> bool:
        """Returns True with a probability from [0, 1]."""
        return next(self._numbers) < probability

    def choice(self, entries: Sequence[Entry]) -> Entry:
        """Returns one of the entries, all equally likely."""
        return entries[int(next(self._numbers) * len(entries))]


# Pixels of the tile; it repeats without a seam.
TILE = 256


@functools.cache
def noise_tile(cells: int, stretch: int = 1, octaves: int = 3) -> np.ndarray:
    """Returns a tile of smooth noise.

    Args:
        cells: Humps along the tile's height, a divisor of 256.
        stretch: How much longer a hump is than it is high, a power of 2.
        octaves: Finer layers, each half as strong as the one before.

    Returns:
        Float32 `(256, 256)`, read only, values within [0, 1] that fill the
        range evenly: the share of pixels below a value equals the value.
    """
    total = np.zeros((TILE, TILE), "float32")
    for octave in range(octaves):
        rows = min(cells << octave, TILE)
        columns = max(1, min((cells << octave) // stretch, TILE))
        bits = np.random.PCG64(1000 * cells + 10 * stretch + octave)
        lattice = np.random.Generator(bits).random((rows, columns))
        total += _spread(lattice.astype("float32")) / np.float32(2**octave)
    order = np.argsort(total.ravel(), kind="stable")
    even = np.empty(TILE * TILE, "float32")
    even[order] = np.arange(TILE * TILE, dtype="float32") / (TILE * TILE)
    tile = even.reshape(TILE, TILE)
    tile.flags.writeable = False
    return tile


def _spread(lattice: np.ndarray) -> np.ndarray:
    return _spread_rows(_spread_rows(lattice).T).T


def _spread_rows(lattice: np.ndarray) -> np.ndarray:
    cells = len(lattice)
    place = np.arange(TILE, dtype="float32") * np.float32(cells / TILE)
    cell = place.astype("int64")
    share = (place - cell)[:, None]
    share = share * share * (3 - 2 * share)
    low, high = lattice[cell % cells], lattice[(cell + 1) % cells]
    return low + share * (high - low)


Color = tuple[float, float, float]


def mixed(first: Color, second: Color, share: float) -> Color:
    """Returns a color between two.

    Args:
        first: The color at a share of 0.
        second: The color at a share of 1.
        share: Within [0, 1].
    """
    red, green, blue = (
        a + share * (b - a) for a, b in zip(first, second, strict=True)
    )
    return red, green, blue


_COLORS = (
    (1.0, 1.0, 1.0),
    (1.06, 1.0, 0.9),
    (1.1, 0.97, 0.82),
    (0.92, 0.98, 1.08),
    (0.98, 1.02, 0.96),
)


@dataclasses.dataclass(frozen=True)
class Light:
    """One lamp far away, and light from all around.

    Attributes:
        direction: To the lamp: right, down, towards the viewer; length 1.
        ambient: Brightness from all around, no unit.
        direct: Brightness from the lamp, no unit.
        color: Red, green and blue of both, 1 for white.
    """

    direction: tuple[float, float, float]
    ambient: float
    direct: float
    color: tuple[float, float, float]

    @classmethod
    def draw(cls, stream: Stream) -> "Light":
        """Returns random light from above."""
        right = stream.uniform(-0.75, 0.75)
        down = stream.uniform(-1.0, -0.45)
        near = stream.uniform(0.35, 0.9)
        length = math.sqrt(right * right + down * down + near * near)
        direct = stream.uniform(0.4, 0.85)
        brightness = stream.uniform(0.9, 1.1)
        return cls(
            (right / length, down / length, near / length),
            brightness * (1.05 - 0.62 * direct),
            brightness * direct,
            stream.choice(_COLORS),
        )

    def on(self, lit: np.ndarray, zenith: np.ndarray) -> np.ndarray:
        """Returns the brightness of a surface.

        Args:
            lit: Cosine between the surface and the lamp, any shape.
            zenith: Cosine between the surface and the zenith, same shape.
        """
        wrapped = np.maximum(lit * 0.82 + 0.18, 0.0)
        return self.ambient * (0.72 + 0.28 * zenith) + self.direct * wrapped
