"""How much of a drawn animal each part fills."""

from typing import Any

import numpy as np

from tf_explainer.datasets import draw_animal
from tf_explainer.datasets.drawn_animals import CATEGORIES, PART_NAMES


def part_areas(animals: int = 120, size: int = 96) -> dict[str, float]:
    """Returns the mean share of each part where it can be seen.

    Args:
        animals: Number of animals to draw, the categories in turn.
        size: Height and width of the images, in pixels.

    Returns:
        Name of the part to its share of the animal's visible area.
    """
    shares = np.stack(
        [
            _shares(draw_animal(seed, CATEGORIES[seed % len(CATEGORIES)], size))
            for seed in range(animals)
        ]
    )
    means = np.nanmean(np.where(shares > 0, shares, np.nan), axis=0)
    return dict(zip(PART_NAMES, means.tolist(), strict=True))


def _shares(drawing: Any) -> np.ndarray:
    pixels = np.bincount(
        drawing.part_map.ravel(), minlength=len(PART_NAMES) + 1
    )[1:]
    return pixels / pixels.sum()
