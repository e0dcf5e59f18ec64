"""Many drawings."""

from collections.abc import Iterable, Iterator

from tf_explainer.datasets.drawn_animals.draw_animal import draw_animal
from tf_explainer.datasets.drawn_animals.drawing import Drawing


def draw_many(seeds: Iterable[int], size: int) -> Iterator[Drawing]:
    """Yields the drawing of each seed, in order."""
    for seed in seeds:
        yield draw_animal(seed, size=size)
