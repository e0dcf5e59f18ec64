"""The animals that can be drawn, found by their files, and their parts."""

import importlib
import pkgutil

from tf_explainer.datasets.drawn_animals import animals
from tf_explainer.datasets.drawn_animals.animal import Animal

# The order is that of the landmarks, and 1 + index is the value in part maps.
# Paired parts (eyes, ears, legs …) are one part: leaving it out removes both.
PART_NAMES = (
    "head",
    "eyes",
    "ears",
    "horns",
    "muzzle",
    "beak",
    "trunk",
    "tusks",
    "neck",
    "mane",
    "torso",
    "front_legs",
    "hind_legs",
    "wings",
    "tail",
)


def _find() -> dict[str, Animal]:
    names = sorted(info.name for info in pkgutil.iter_modules(animals.__path__))
    return {
        name: importlib.import_module(f"{animals.__name__}.{name}").ANIMAL
        for name in names
    }


ANIMALS = _find()
CATEGORIES = tuple(ANIMALS)
