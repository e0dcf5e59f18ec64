"""The animal itself: its parts painted, lit and colored."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals.animal_surface import (
    FINER,
    animal_surface,
)
from tf_explainer.datasets.drawn_animals.scene import Scene
from tf_explainer.datasets.drawn_animals.surface import Surface
from tf_explainer.datasets.drawn_animals.window import Window


class PaintedAnimal(NamedTuple):
    """An animal without its surroundings.

    Attributes:
        window: Rows and columns of the image that the arrays stand for.
        color: Float32 RGB `(rows, columns, 3)`, times `alpha`.
        alpha: Float32 `(rows, columns, 1)`, share of the pixel it fills.
        parts: Uint8 `(rows, columns)`, as in `Drawing.part_map`.
    """

    window: Window
    color: np.ndarray
    alpha: np.ndarray
    parts: np.ndarray


def paint_animal(
    scene: Scene, size: int, without: Collection[str]
) -> PaintedAnimal:
    """Paints the animal of a scene.

    A pixel depends on the part seen in it alone, so that leaving out a part
    changes no pixel but its own.

    Args:
        scene: The scene.
        size: Height and width of the image, in pixels.
        without: Names of the parts that are left out.

    Returns:
        The animal.
    """
    fine = size * FINER
    surface = animal_surface(scene, fine, without)
    color = _colors(scene, surface, fine)
    seen = surface.parts > 0
    rows, columns = surface.window
    return PaintedAnimal(
        window=(_halved(rows), _halved(columns)),
        color=_mean_of_four(color.transpose(1, 2, 0)),
        alpha=_mean_of_four(seen.astype("float32")[..., None]),
        parts=_most_of_four(surface.parts),
    )


def _colors(scene: Scene, surface: Surface, fine: int) -> np.ndarray:
    """Returns RGB float32 `(3, rows, columns)`, 0 where no part is."""
    seen = np.flatnonzero(surface.parts)
    depth, lit, facing, zenith = surface.fields.reshape(4, -1)[:, seen]
    width = surface.parts.shape[1]
    scale = scene.animal.scale
    middle_y, middle_x = scene.animal.middle
    rows, columns = surface.window
    y = (np.arange(rows.start, rows.stop) + 0.5) / fine - middle_y
    x = (np.arange(columns.start, columns.stop) + 0.5) / fine - middle_x
    colors, gloss = scene.coat.paint(
        surface.tints.ravel()[seen],
        (y / scale).astype("float32")[seen // width],
        (x / scale).astype("float32")[seen % width],
    )
    level = scene.light.on(lit, zenith)
    # Edges turn dark, so that a leg stands out before the belly.
    level *= np.minimum(0.5 + 1.4 * facing, 1.0)
    # What is on the far side gets less light.
    level *= np.clip(1.0 + depth * (0.7 / scale), 0.7, 1.0)
    colors *= level
    shine = np.maximum(lit, 0.0)
    for _ in range(4):
        shine = shine * shine
    colors += gloss * shine
    painted = np.zeros((3, surface.parts.size), "float32")
    painted[:, seen] = colors
    return painted.reshape(3, *surface.parts.shape)


def _halved(side: slice) -> slice:
    return slice(side.start // FINER, side.stop // FINER)


def _mean_of_four(pixels: np.ndarray) -> np.ndarray:
    total = pixels[0::2, 0::2] + pixels[0::2, 1::2]
    total += pixels[1::2, 0::2]
    total += pixels[1::2, 1::2]
    return total * 0.25


def _most_of_four(parts: np.ndarray) -> np.ndarray:
    """Returns what most of the four fine pixels of each pixel show."""
    a, b = parts[0::2, 0::2], parts[0::2, 1::2]
    c, d = parts[1::2, 0::2], parts[1::2, 1::2]
    first = (a == b) | (a == c) | (a == d)
    second = (b == c) | (b == d)
    return np.where(first, a, np.where(second, b, np.where(c == d, c, a)))
