"""What a claim about parts is made from, and the claims of the explainer."""

import dataclasses

import numpy as np

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.explainer import Contributions, Explainer


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


@CLAIMS.register("part_filters")
def part_filters(claimed: Claimed) -> np.ndarray:
    """The explainer: filters that stand for the part.

    The sum of their contributions.

    Args:
        claimed: Images and explainer.

    Returns:
        float64 `(images, parts)`, in units of the explainer's own score.

    Source:
        Zhang et al. 2018, figure 5.
    """
    pieces = _pieces(claimed.explainer, claimed)
    return over_standing(np.asarray(pieces.filters), claimed.standing)


@CLAIMS.register("untrained_filters")
def untrained_filters(claimed: Claimed) -> np.ndarray:
    """Random filters, each for the part that it tells best.

    Args:
        claimed: Images and untrained explainer.

    Returns:
        float64 `(images, parts)`.
    """
    pieces = _pieces(claimed.untrained, claimed)
    return over_standing(np.asarray(pieces.filters), claimed.untrained_standing)


@CLAIMS.register("filters_by_place")
def filters_by_place(claimed: Claimed) -> np.ndarray:
    """The explainer: filters that fire on the part.

    The sum of the contributions of filters whose peak lies on it. Reads the
    true part map, as the heat maps it is compared with do; what a filter
    stands for is not asked.

    Args:
        claimed: Images and explainer.

    Returns:
        float64 `(images, parts)`, in units of the explainer's own score.
    """
    return _by_place(claimed.explainer, claimed)


@CLAIMS.register("untrained_by_place")
def untrained_by_place(claimed: Claimed) -> np.ndarray:
    """Random filters that fire on the part.

    Args:
        claimed: Images and untrained explainer.

    Returns:
        float64 `(images, parts)`.
    """
    return _by_place(claimed.untrained, claimed)


def _pieces(explainer: Explainer, claimed: Claimed) -> Contributions:
    return explainer.contributions(
        claimed.images, claimed.categories, kind="gradient"
    )


def _by_place(explainer: Explainer, claimed: Claimed) -> np.ndarray:
    pieces = _pieces(explainer, claimed)
    maps = explainer.layer_maps(claimed.images)["interp_2"]
    positions, _ = (np.asarray(part) for part in explainer.peaks_of(maps))
    size = np.array(claimed.part_maps.shape[1:])
    # Silent filters, at -1, give nothing wherever they are put.
    pixels = np.clip((positions * size).astype(int), 0, size - 1)
    images = np.arange(len(positions))[:, None]
    under = claimed.part_maps[images, pixels[..., 0], pixels[..., 1]]
    parts = len(PART_NAMES) + 1
    bins = images * parts + under
    sums = np.bincount(
        bins.ravel(), np.asarray(pieces.filters).ravel(), len(images) * parts
    )
    return sums.reshape(len(images), parts)[:, 1:]
