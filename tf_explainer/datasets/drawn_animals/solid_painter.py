"""Solids into pixels: depth, light and material of what is in front."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals.projection import (
    Seen,
    SeenBlob,
    SeenCone,
)

# Depth of a pixel that shows no solid.
FAR = -100.0
_TINY = 1e-12
Window = tuple[slice, slice]


class Surface(NamedTuple):
    """What one part, or the whole animal, shows in a window of the image.

    Attributes:
        window: Rows and columns of the image that the arrays stand for.
        fields: Float32 `(4, rows, columns)`: depth towards the viewer; cosine
            between the surface and the light, and the viewer, and the zenith.
        tints: Uint8 `(rows, columns)`, index of the material.
    """

    window: Window
    fields: np.ndarray
    tints: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Where there is something, bool `(rows, columns)`."""
        return self.fields[0] > FAR

    @classmethod
    def empty(cls, window: Window) -> "Surface":
        """Returns a surface with nothing on it."""
        rows, columns = window
        shape = (rows.stop - rows.start, columns.stop - columns.start)
        fields = np.zeros((4, *shape), "float32")
        fields[0] = FAR
        return cls(window, fields, np.zeros(shape, "uint8"))

    def part_of(self, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Returns views of fields and tints in a window inside this one."""
        rows, columns = (
            slice(inner.start - outer.start, inner.stop - outer.start)
            for inner, outer in zip(window, self.window, strict=True)
        )
        return self.fields[:, rows, columns], self.tints[rows, columns]


def window_of(boxes: Sequence[tuple[float, ...]], pixels: int) -> Window:
    """Returns the pixels that boxes (left, top, right, bottom) touch."""
    left, top, right, bottom = zip(*boxes, strict=True)
    first_row, first_column = int(min(top) * pixels), int(min(left) * pixels)
    last_row, last_column = int(max(bottom) * pixels), int(max(right) * pixels)
    return (
        _clipped(first_row, last_row, pixels),
        _clipped(first_column, last_column, pixels),
    )


def paint_part(
    solids: Sequence[Seen],
    tints: dict[str, int],
    light: tuple[float, float, float],
    pixels: int,
    blend: float,
) -> Surface:
    """Paints the solids of one part.

    Args:
        solids: In fractions of the image.
        tints: Index of each material.
        light: Direction to the light: right, down, towards the viewer.
        pixels: Height and width of the image.
        blend: Depth over which two solids flow together, a fraction of the
            image; 0 for a sharp edge.

    Returns:
        The surface of the part.
    """
    surface = Surface.empty(window_of([solid.box for solid in solids], pixels))
    for solid in solids:
        window = window_of([solid.box], pixels)
        if window[0].start >= window[0].stop:
            continue
        if window[1].start >= window[1].stop:
            continue
        y, x = (
            ((np.arange(side.start, side.stop) + 0.5) / pixels).astype(
                "float32"
            )
            for side in window
        )
        paint = _paint_cone if isinstance(solid, SeenCone) else _paint_blob
        inside, fields = paint(solid, x[None], y[:, None], light)
        _merge(surface, window, inside, fields, tints[solid.tint], blend)
    return surface


def _merge(
    surface: Surface,
    window: Window,
    inside: np.ndarray,
    fields: tuple[np.ndarray, ...],
    tint: int,
    blend: float,
) -> None:
    old, tints = surface.part_of(window)
    ahead = fields[0] - old[0]
    if blend:
        weight = np.clip(ahead * (0.5 / blend) + 0.5, 0.0, 1.0)
        np.copyto(tints, tint, where=inside & (weight > 0.5))
        bulge = weight * (1.0 - weight) * blend
        for index, new in enumerate(fields):
            mixed = old[index] + weight * (new - old[index])
            if not index:
                mixed += bulge
            np.copyto(old[index], mixed, where=inside)
        return
    inside &= ahead > 0
    np.copyto(tints, tint, where=inside)
    for index, new in enumerate(fields):
        np.copyto(old[index], new, where=inside)


def _paint_cone(
    cone: SeenCone,
    x: np.ndarray,
    y: np.ndarray,
    light: tuple[float, float, float],
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    ax, ay, az = cone.start
    bx, by, bz = cone.step
    square = bx * bx + by * by + _TINY
    x, y = x - np.float32(ax), y - np.float32(ay)
    share = np.clip(x * (bx / square) + y * (by / square), 0.0, 1.0)
    x = x - share * bx
    y = y - share * by
    radius = cone.start_radius + share * cone.growth
    left = radius * radius - x * x - y * y
    inside = left > 0
    height = np.sqrt(np.maximum(left, 0.0))
    depth = az + share * bz + height
    lit = (x * light[0] + y * light[1] + height * light[2]) / radius
    return inside, (depth, lit, height / radius, -y / radius)


def _paint_blob(
    blob: SeenBlob,
    x: np.ndarray,
    y: np.ndarray,
    light: tuple[float, float, float],
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    cx, cy, cz = blob.center
    xx, xy, yy, xz, yz, zz = blob.form
    x, y = x - np.float32(cx), y - np.float32(cy)
    slope = xz * x + yz * y
    left = slope * slope - zz * (x * (xx * x + (2 * xy) * y) + yy * (y * y) - 1)
    inside = left > 0
    nz = np.sqrt(np.maximum(left, 0.0))
    z = (nz - slope) / zz
    nx = xx * x + xy * y + xz * z
    ny = xy * x + yy * y + yz * z
    scale = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz + _TINY)
    lit = (nx * light[0] + ny * light[1] + nz * light[2]) * scale
    return inside, (z + np.float32(cz), lit, nz * scale, -ny * scale)


def _clipped(first: int, last: int, pixels: int) -> slice:
    start = min(max(first, 0), pixels)
    return slice(start, min(max(last + 1, start), pixels))
