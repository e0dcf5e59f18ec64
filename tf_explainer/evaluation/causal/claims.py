"""What a claim about parts is made from."""

import dataclasses

import numpy as np

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.explainer import Explainer


@dataclasses.dataclass(frozen=True, eq=False)
class Claimed:
    """Images, and those who claim what their parts give to a score.

    Args:
        explainer: A trained `Explainer`.
        untrained: The same before training.
        images: float32 `(images, H, W, 3)`, values 0–255.
        categories: int `(images,)`, the category whose score is explained.
        part_maps: uint8 `(images, H, W)`, 1 + index of the part seen in each
            pixel, 0 for none.
        standing: int `(filters,)`, the part that each filter of the explainer
            stands for, -1 for none.
        untrained_standing: The same of the untrained explainer's filters.
    """

    explainer: Explainer
    untrained: Explainer
    images: np.ndarray
    categories: np.ndarray
    part_maps: np.ndarray
    standing: np.ndarray
    untrained_standing: np.ndarray

    def over_parts(self, heat: np.ndarray) -> np.ndarray:
        """Returns the sum of a heat map over the pixels of each part.

        Args:
            heat: float `(images, H, W)`.

        Returns:
            float64 `(images, parts)`.
        """
        parts = len(PART_NAMES) + 1
        images = np.arange(len(heat))[:, None, None]
        bins = images * parts + self.part_maps
        sums = np.bincount(bins.ravel(), heat.ravel(), len(heat) * parts)
        return sums.reshape(len(heat), parts)[:, 1:]


def over_standing(values: np.ndarray, standing: np.ndarray) -> np.ndarray:
    """Returns the sum of the filters' values for each part.

    Args:
        values: float `(images, filters)`.
        standing: int `(filters,)`, the part of each filter, -1 for none.

    Returns:
        float64 `(images, parts)`.
    """
    member = standing[:, None] == np.arange(len(PART_NAMES))
    return values.astype(np.float64) @ member
