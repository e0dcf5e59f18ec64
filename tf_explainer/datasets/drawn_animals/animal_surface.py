"""Which part of an animal is in front, pixel by pixel."""

from collections import defaultdict
from collections.abc import Collection

from tf_explainer.datasets.drawn_animals.coat import TINT_INDEX
from tf_explainer.datasets.drawn_animals.fragments import (
    Fragment,
    paint_solids,
)
from tf_explainer.datasets.drawn_animals.part_names import PART_NAMES
from tf_explainer.datasets.drawn_animals.scene import Scene
from tf_explainer.datasets.drawn_animals.surface import Surface
from tf_explainer.datasets.drawn_animals.window import window_of

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
