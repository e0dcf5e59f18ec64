"""Solids into pixels: what is in front, how deep, how it meets the light."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals.projection import Solid
from tf_explainer.datasets.drawn_animals.shapes import Vector
from tf_explainer.datasets.drawn_animals.window import (
    Window,
    inside,
    overlap,
    places,
    shape_of,
    windows_of,
)

# Depth of a pixel outside the solid.
FAR = -100.0
_TINY = 1e-12


class Fragment(NamedTuple):
    """What one solid shows.

    Attributes:
        solid: The solid.
        window: Rows and columns of the image that the fields stand for.
        fields: Float32 `(4, rows, columns)`: depth towards the viewer, `FAR`
            outside; cosines between the surface and the light, the viewer,
            and the zenith.
    """

    solid: Solid
    window: Window
    fields: np.ndarray


Paint = Callable[[np.ndarray, np.ndarray, np.ndarray, Vector], np.ndarray]


def paint_solids(
    solids: Sequence[Solid], light: Vector, pixels: int
) -> Iterator[Fragment]:
    """Yields what each solid shows, in any order.

    Args:
        solids: In fractions of the image.
        light: Direction to the light: right, down, towards the viewer.
        pixels: Height and width of the image.
    """
    for is_round, paint in ((False, _paint_cones), (True, _paint_blobs)):
        chosen = [solid for solid in solids if solid.round == is_round]
        if chosen:
            yield from _paint(chosen, paint, light, pixels)


def _paint(
    solids: list[Solid], paint: Paint, light: Vector, pixels: int
) -> Iterator[Fragment]:
    # All pixels of all solids in one row: NumPy pays by the call.
    windows = windows_of([solid.box for solid in solids], pixels)
    shapes = [shape_of(window) for window in windows]
    counts = [rows * columns for rows, columns in shapes]
    ends = np.cumsum(counts).tolist()
    numbers = np.array([solid.numbers for solid in solids], "float32").T
    x, y = np.empty((2, ends[-1]), "float32")
    place = places(pixels)
    rows_of = zip(windows, shapes, counts, ends, numbers.T, strict=True)
    for (rows, columns), shape, count, end, (cx, cy, *_) in rows_of:
        x[end - count : end].reshape(shape)[:] = place[columns] - cx
        y[end - count : end].reshape(shape)[:] = (place[rows] - cy)[:, None]
    fields = paint(np.repeat(numbers[2:], counts, axis=1), x, y, light)
    for solid, window, shape, count, end in zip(
        solids, windows, shapes, counts, ends, strict=True
    ):
        view = fields[:, end - count : end].reshape(4, *shape)
        yield Fragment(solid, window, view)


def _paint_cones(
    numbers: np.ndarray, x: np.ndarray, y: np.ndarray, light: Vector
) -> np.ndarray:
    az, bx, by, bz, radius, growth = numbers
    share = (x * bx + y * by) / (bx * bx + by * by + _TINY)
    np.clip(share, 0.0, 1.0, out=share)
    x = x - share * bx
    y = y - share * by
    radius = radius + share * growth
    left = radius * radius - x * x - y * y
    height = np.sqrt(np.maximum(left, 0.0))
    depth = np.where(left > 0, az + share * bz + height, np.float32(FAR))
    lit = x * light[0] + y * light[1] + height * light[2]
    fields = np.stack([depth, lit, height, -y])
    fields[1:] /= radius
    return fields


def _paint_blobs(
    numbers: np.ndarray, x: np.ndarray, y: np.ndarray, light: Vector
) -> np.ndarray:
    cz, xx, xy, yy, xz, yz, zz = numbers
    across, down = xx * x + xy * y, xy * x + yy * y
    slope = xz * x + yz * y
    left = slope * slope - zz * (x * across + y * down - 1)
    nz = np.sqrt(np.maximum(left, 0.0))
    z = (nz - slope) / zz
    depth = np.where(left > 0, z + cz, np.float32(FAR))
    nx, ny = across + xz * z, down + yz * z
    lit = nx * light[0] + ny * light[1] + nz * light[2]
    fields = np.stack([depth, lit, nz, -ny])
    fields[1:] /= np.sqrt(nx * nx + ny * ny + nz * nz + _TINY)
    return fields


class Surface(NamedTuple):
    """What one part, or the whole animal, shows in a window of the image.

    Attributes:
        window: Rows and columns of the image that the arrays stand for.
        fields: As in `Fragment`, float32 `(4, rows, columns)`.
        tints: Uint8 `(rows, columns)`, index of the material.
        parts: Uint8 `(rows, columns)`, 1 + index of the part, 0 for none.
    """

    window: Window
    fields: np.ndarray
    tints: np.ndarray
    parts: np.ndarray

    @classmethod
    def empty(cls, window: Window) -> "Surface":
        """Returns a surface with nothing on it."""
        shape = shape_of(window)
        fields = np.zeros((4, *shape), "float32")
        fields[0] = FAR
        tints, parts = np.zeros((2, *shape), "uint8")
        return cls(window, fields, tints, parts)

    def add(self, fragment: Fragment, tint: int, part: int) -> None:
        """Puts a solid in, where it is in front."""
        rows, columns = inside(fragment.window, self.window)
        old = self.fields[:, rows, columns]
        ahead = fragment.fields[0] > old[0]
        np.copyto(old, fragment.fields, where=ahead)
        np.copyto(self.tints[rows, columns], tint, where=ahead)
        np.copyto(self.parts[rows, columns], part, where=ahead)

    def melt(
        self, fragment: Fragment, tint: int, part: int, depth: float
    ) -> None:
        """Puts a solid in, flowing together with those of its part.

        Args:
            fragment: The solid.
            tint: Index of its material.
            part: 1 + index of its part.
            depth: Difference in depth over which solids flow together, a
                fraction of the image.
        """
        rows, columns = inside(fragment.window, self.window)
        old = self.fields[:, rows, columns]
        new = fragment.fields
        weight = (new[0] - old[0]) * (0.5 / depth) + 0.5
        np.clip(weight, 0.0, 1.0, out=weight)
        ahead = weight > 0.5
        np.copyto(self.tints[rows, columns], tint, where=ahead)
        np.copyto(self.parts[rows, columns], part, where=ahead)
        bulge = weight * (1.0 - weight) * depth
        # Where neither solid is, both depths are `FAR` and must stay so.
        bulge *= new[0] > FAR
        old += weight * (new - old)
        old[0] += bulge

    def grow_out_of(self, root: "Surface", depth: float) -> None:
        """Takes on the light of another part where the two touch.

        Args:
            root: The other part.
            depth: Difference in depth over which the light changes, a
                fraction of the image.
        """
        shared = overlap(self.window, root.window)
        rows, columns = inside(shared, self.window)
        own = self.fields[:, rows, columns]
        rows, columns = inside(shared, root.window)
        other = root.fields[:, rows, columns]
        weight = 1.0 - np.abs(own[0] - other[0]) * (1.0 / depth)
        np.maximum(weight, 0.0, out=weight)
        own[1:] += weight * (other[1:] - own[1:])

    def cover(self, other: "Surface") -> None:
        """Puts another surface in, where it is in front."""
        rows, columns = inside(other.window, self.window)
        old = self.fields[:, rows, columns]
        ahead = other.fields[0] > old[0]
        np.copyto(old, other.fields, where=ahead)
        np.copyto(self.tints[rows, columns], other.tints, where=ahead)
        np.copyto(self.parts[rows, columns], other.parts, where=ahead)
