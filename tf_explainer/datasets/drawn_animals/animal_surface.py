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
    surface = Surface.empty(window_of(animal.box, pixels, FINER))
    solids = [solid for solid in animal.solids if solid.part not in without]
    melting: dict[str, list[Fragment]] = defaultdict(list)
    for fragment in paint_solids(solids, scene.light.direction, pixels):
        part, tint = fragment.solid.part, TINT_INDEX[fragment.solid.tint]
        if part in _MELT:
            melting[part].append(fragment)
        else:
            surface.add(fragment, tint, 1 + PART_NAMES.index(part))
    for part, fragments in melting.items():
        depth = _MELT[part] * animal.scale
        surface.cover(_melted(fragments, 1 + PART_NAMES.index(part), depth))
    return surface


def _melted(fragments: list[Fragment], part: int, depth: float) -> Surface:
    rows = [fragment.window[0] for fragment in fragments]
    columns = [fragment.window[1] for fragment in fragments]
    surface = Surface.empty((_union(rows), _union(columns)))
    for fragment in fragments:
        tint = TINT_INDEX[fragment.solid.tint]
        surface.melt(fragment, tint, part, depth)
    return surface


def _union(sides: list[slice]) -> slice:
    return slice(
        min(side.start for side in sides), max(side.stop for side in sides)
    )
