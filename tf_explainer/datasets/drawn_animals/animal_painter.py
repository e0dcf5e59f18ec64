"""The animal itself: its parts painted, lit and colored."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals.categories import PART_NAMES
from tf_explainer.datasets.drawn_animals.coat import TINT_INDEX
from tf_explainer.datasets.drawn_animals.painting import Scene
from tf_explainer.datasets.drawn_animals.surface import (
    Fragment,
    Surface,
    paint_solids,
)
from tf_explainer.datasets.drawn_animals.window import Window, window_of

# Pixels painted for each pixel of the image, along one side.
FINER = 2
# Depth over which the solids of a part flow together, in torso lengths. Limbs
# need none: their cones share the balls at the joints.
_MELT = {"torso": 0.22, "mane": 0.12}
# What a part grows out of, and the depth over which it takes on its light:
# without this, limbs would look like those of a jointed doll.
_GROWS = {
    "front_legs": ("torso", 0.1),
    "hind_legs": ("torso", 0.1),
    "muzzle": ("head", 0.04),
    "neck": ("torso", 0.12),
    "tail": ("torso", 0.04),
    "trunk": ("head", 0.06),
}
_ROOTS = {root for root, _ in _GROWS.values()}


def animal_surface(
    scene: Scene, pixels: int, without: Collection[str]
) -> Surface:
    """Puts the parts of an animal in front of each other.

    Args:
        scene: The scene.
        pixels: Height and width of the image, painted finely.
        without: Names of the parts that are left out.

    Returns:
        What is seen of the animal.
    """
    animal = scene.animal
    # Roots are always painted: what grows out of them looks the same when
    # they are left out.
    solids = [
        solid
        for solid in animal.solids
        if solid.part in _ROOTS or solid.part not in without
    ]
    fragments: dict[str, list[Fragment]] = defaultdict(list)
    for fragment in paint_solids(solids, scene.light.direction, pixels):
        fragments[fragment.solid.part].append(fragment)
    parts = {
        part: _part_surface(part, fragments[part], animal.scale)
        for part in fragments
    }
    whole = Surface.empty(window_of(animal.box, pixels, FINER))
    for part, surface in parts.items():
        if part in without:
            continue
        if part in _GROWS:
            root, depth = _GROWS[part]
            surface.grow_out_of(parts[root], depth * animal.scale)
        whole.cover(surface)
    return whole


def _part_surface(
    part: str, fragments: list[Fragment], scale: float
) -> Surface:
    rows = [fragment.window[0] for fragment in fragments]
    columns = [fragment.window[1] for fragment in fragments]
    surface = Surface.empty((_union(rows), _union(columns)))
    index = 1 + PART_NAMES.index(part)
    for fragment in fragments:
        tint = TINT_INDEX[fragment.solid.tint]
        if part in _MELT:
            surface.melt(fragment, tint, index, _MELT[part] * scale)
        else:
            surface.add(fragment, tint, index)
    return surface


def _union(sides: list[slice]) -> slice:
    return slice(
        min(side.start for side in sides), max(side.stop for side in sides)
    )


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
