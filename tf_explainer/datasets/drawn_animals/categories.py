"""The animals that can be drawn, found by their files."""

import importlib
import pkgutil

from tf_explainer.datasets.drawn_animals import animals
from tf_explainer.datasets.drawn_animals.animal import Animal


def _find() -> dict[str, Animal]:
    names = sorted(info.name for info in pkgutil.iter_modules(animals.__path__))
    return {
        name: importlib.import_module(f"{animals.__name__}.{name}").ANIMAL
        for name in names
    }


ANIMALS = _find()
CATEGORIES = tuple(ANIMALS)
