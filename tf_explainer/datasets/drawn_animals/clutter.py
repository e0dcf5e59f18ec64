"""Things that stand about an animal, and now and then in front of it."""

from typing import NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals.stream import (
    TILE,
    Color,
    Light,
    Stream,
    mixed,
    noise_tile,
)
from tf_explainer.datasets.drawn_animals.window import (
    Box,
    Window,
    places,
    window_of,
)

KINDS = ("tree", "fir", "bush", "rock", "post", "tuft")
_LEAVES = (
    (0.20, 0.36, 0.14),
    (0.30, 0.42, 0.16),
    (0.42, 0.44, 0.18),
    (0.50, 0.38, 0.16),
    (0.16, 0.30, 0.22),
)
_STONES = ((0.52, 0.51, 0.50), (0.42, 0.38, 0.35), (0.62, 0.56, 0.48))
_WOODS = ((0.36, 0.26, 0.18), (0.30, 0.27, 0.25), (0.52, 0.44, 0.36))


class Patch(NamedTuple):
    """Paint for a window of the image.

    Attributes:
        window: Rows and columns.
        alpha: Float32 `(rows, columns)`, 1 where it hides what is behind.
        color: Float32 `(rows, columns, 3)`.
    """

    window: Window
    alpha: np.ndarray
    color: np.ndarray

    def onto(self, image: np.ndarray) -> None:
        """Paints it over an image, float32 `(size, size, 3)`, in place."""
        behind = image[self.window]
        behind += self.alpha[..., None] * (self.color - behind)


class Thing(NamedTuple):
    """One thing.

    Attributes:
        kind: One of `KINDS`.
        x: Its middle, a fraction of the image.
        foot: Where it meets the ground, a fraction of the image.
        height: A fraction of the image.
        width: Half width over height.
        leaf: Color of leaves or blades.
        solid: Color of wood or stone.
        offset: Place in the noise.
    """

    kind: str
    x: float
    foot: float
    height: float
    width: float
    leaf: Color
    solid: Color
    offset: int

    @classmethod
    def draw(
        cls, stream: Stream, kind: str, foot: float, height: float
    ) -> "Thing":
        """Returns a random thing of a kind."""
        shades = _STONES if kind == "rock" else _WOODS
        return cls(
            kind,
            stream.uniform(),
            foot,
            height,
            stream.uniform(0.8, 1.25),
            stream.choice(_LEAVES),
            stream.choice(shades),
            int(stream.uniform(0, TILE)),
        )

    def hazy(self, haze: Color, share: float) -> "Thing":
        """Returns it as seen from afar, its colors mixed with the haze's."""
        return self._replace(
            leaf=mixed(self.leaf, haze, share),
            solid=mixed(self.solid, haze, share),
        )

    def patches(self, pixels: int, light: Light) -> list[Patch]:
        """Returns its paint, from back to front."""
        x, foot, tall = self.x, self.foot, self.height
        if self.kind == "rock":
            return self._stone(pixels, light)
        if self.kind == "tuft":
            return self._blades(pixels)
        if self.kind == "post":
            return self._pole(pixels, 0.06 * tall * self.width, tall)
        if self.kind == "bush":
            wide = 0.7 * self.width * tall
            crowns = [(x, foot - 0.5 * tall, wide, 0.55 * tall)]
            return self._crowns(pixels, light, crowns)
        trunk = self._pole(pixels, 0.045 * tall * self.width, 0.6 * tall)
        wide = 0.24 * self.width * tall
        if self.kind == "fir":
            crowns = [
                (x, foot - share * tall, wide * (1.15 - share), 0.2 * tall)
                for share in (0.35, 0.58, 0.8)
            ]
        else:
            crowns = [
                (x - 0.6 * wide, foot - 0.62 * tall, wide, 0.2 * tall),
                (x + 0.6 * wide, foot - 0.66 * tall, wide, 0.2 * tall),
                (x, foot - 0.8 * tall, 1.1 * wide, 0.22 * tall),
            ]
        return trunk + self._crowns(pixels, light, crowns)

    def _crowns(
        self,
        pixels: int,
        light: Light,
        crowns: list[tuple[float, float, float, float]],
    ) -> list[Patch]:
        patches = []
        for x, y, wide, tall in crowns:
            box = (
                x - 1.2 * wide,
                y - 1.2 * tall,
                x + 1.2 * wide,
                y + 1.2 * tall,
            )
            window, rows, columns = _grid(box, pixels)
            across, down = (columns - x) / wide, (rows - y) / tall
            leaves = _look_up(noise_tile(32), rows, columns, self.offset)
            square = across * across + down * down
            alpha = np.clip((1.15 - square - 0.5 * leaves) * 7.0, 0.0, 1.0)
            lit = light.direction[0] * across + light.direction[1] * down
            shade = 0.62 + 0.55 * leaves + 0.25 * lit
            patches.append(_patch(window, alpha, shade, self.leaf))
        return patches

    def _stone(self, pixels: int, light: Light) -> list[Patch]:
        tall = self.height
        wide = 0.8 * self.width * tall
        box = (self.x - wide, self.foot - tall, self.x + wide, self.foot)
        window, rows, columns = _grid(box, pixels)
        across = (columns - self.x) / wide
        down = (rows - (self.foot - 0.3 * tall)) / (0.7 * tall)
        rough = _look_up(noise_tile(8), rows, columns, self.offset)
        square = across * across + down * down + 0.25 * (rough - 0.5)
        edge = 0.5 * pixels * min(wide, tall)
        alpha = np.clip((1.0 - square) * edge + 0.5, 0.0, 1.0)
        near = np.sqrt(np.clip(1.0 - square, 0.0, 1.0))
        lit = (
            light.direction[0] * across
            + light.direction[1] * down
            + light.direction[2] * near
        )
        shade = light.on(lit, -down) * (0.8 + 0.35 * rough)
        return [_patch(window, alpha, shade, self.solid)]

    def _pole(self, pixels: int, wide: float, tall: float) -> list[Patch]:
        box = (
            self.x - 2 * wide,
            self.foot - tall,
            self.x + 2 * wide,
            self.foot,
        )
        window, rows, columns = _grid(box, pixels)
        bark = _look_up(noise_tile(64, 4, 2).T, rows, columns, self.offset)
        half = wide * (1.0 + 0.3 * (rows - self.foot) / tall)
        across = (columns - self.x) / half
        alpha = np.clip((1.0 - np.abs(across)) * half * pixels + 0.5, 0.0, 1.0)
        shade = (1.0 - 0.45 * across * across) * (0.7 + 0.5 * bark)
        return [_patch(window, alpha, shade, self.solid)]

    def _blades(self, pixels: int) -> list[Patch]:
        wide = self.width * self.height
        box = (self.x - wide, self.foot - self.height, self.x + wide, self.foot)
        window, rows, columns = _grid(box, pixels)
        across = (columns - self.x) / wide
        up = (self.foot - rows) / self.height
        # Blades lean outwards, the more the higher.
        place = ((across * (1.0 - 0.35 * up)) * 90.0).astype("int64")
        blades = noise_tile(64, 1, 2)[self.offset][(place + self.offset) % TILE]
        length = (0.35 + 0.75 * blades) * (1.0 - across * across)
        alpha = np.clip((length - up) * 6.0, 0.0, 1.0)
        shade = 0.55 + 0.5 * blades + 0.35 * up
        return [_patch(window, alpha, shade, self.leaf)]


def _grid(box: Box, pixels: int) -> tuple[Window, np.ndarray, np.ndarray]:
    rows, columns = window = window_of(box, pixels)
    place = places(pixels)
    return window, place[rows][:, None], place[columns][None]


def _look_up(
    tile: np.ndarray, rows: np.ndarray, columns: np.ndarray, offset: int
) -> np.ndarray:
    y = (rows[:, 0] * 256.0).astype("int64") + offset
    x = (columns[0] * 256.0).astype("int64") + offset
    return tile[y % TILE][:, x % TILE]


def _patch(
    window: Window, alpha: np.ndarray, shade: np.ndarray, color: Color
) -> Patch:
    paint = shade[..., None] * np.array(color, "float32")
    return Patch(window, alpha, paint)


_PROBABILITY = 0.3


def draw_occluder(stream: Stream, box: Box) -> list[Thing]:
    """Returns what stands in front of the animal, often nothing.

    It hides some of the animal, never most of it.

    Args:
        stream: Random numbers.
        box: Left, top, right and bottom of the animal, fractions of the image.
    """
    left, top, right, bottom = box
    wide, tall = right - left, bottom - top
    kind = stream.choice(("tufts", "tufts", "bush", "rock", "post"))
    share = stream.uniform()
    size = stream.uniform(0.75, 1.2)
    hidden = stream.chance(_PROBABILITY)
    x = left + share * wide
    if kind == "tufts":
        things = []
        for step in range(5):
            height = size * 0.2 * tall
            thing = Thing.draw(stream, "tuft", bottom + 0.02, height)
            place = left + wide * (step + stream.uniform()) / 5
            things.append(thing._replace(x=place, width=1.2))
    elif kind == "post":
        thing = Thing.draw(stream, "post", bottom + 0.06, size * 0.95 * tall)
        things = [thing._replace(x=x)]
    else:
        # At one end, so that half of the animal stays free.
        x = left + wide * (0.25 * share + (0.75 if share > 0.5 else 0.0))
        height = size * (0.3 if kind == "rock" else 0.4) * tall
        thing = Thing.draw(stream, kind, bottom + 0.04, height)
        things = [thing._replace(x=x)]
    return things if hidden else []
