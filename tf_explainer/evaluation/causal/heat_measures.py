"""Deletion, insertion, μFidelity and sensitivity of heat maps."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tf_explainer.evaluation.causal.heat_scenes import Scene


def pixel_ranks(heat: np.ndarray, ties: np.ndarray) -> np.ndarray:
    """Returns the share of pixels that are hotter than each.

    Args:
        heat: float `(batch, H, W)`.
        ties: float `(H, W)`, no two alike; of pixels that are equally hot
            the one with less comes first.

    Returns:
        float64 `(batch, H, W)`, 0 at the hottest pixel, below 1.
    """
    flat = heat.reshape(len(heat), -1)
    order = [np.lexsort((ties.ravel(), -one)) for one in flat]
    ranks = np.argsort(order, axis=1) / flat.shape[1]
    return ranks.reshape(heat.shape)


def deletion(scene: Scene, ranks: np.ndarray, steps: int) -> np.ndarray:
    """Returns the area below the score as the hottest pixels go first.

    Args:
        scene: Images and performer.
        ranks: See `pixel_ranks`.
        steps: How many equal groups of pixels go, one after the other.

    Returns:
        float64 `(batch,)`: the mean probability of the category over the
        share of pixels that are gone, by the trapezoid rule; 0 to 1. Low is
        good.

    Source:
        Petsiuk et al. 2018, "RISE: Randomized input sampling for explanation
        of black-box models", section 4.2.
    """
    whole, empty = scene.ends
    between = (scene.scores(ranks < at)[1] for at in _shares(steps))
    return _area([whole, *between, empty])


def insertion(scene: Scene, ranks: np.ndarray, steps: int) -> np.ndarray:
    """Returns the area below the score as the hottest pixels come first.

    Args:
        scene: Images and performer.
        ranks: See `pixel_ranks`.
        steps: How many equal groups of pixels come, one after the other.

    Returns:
        As `deletion`, over the share of pixels that are there. High is good.

    Source:
        Petsiuk et al. 2018, section 4.2.
    """
    whole, empty = scene.ends
    between = (scene.scores(ranks >= at)[1] for at in _shares(steps))
    return _area([empty, *between, whole])


def _shares(steps: int) -> np.ndarray:
    """Of the pixels, behind each step but the last."""
    return np.arange(1, steps) / steps


def _area(curve: list[np.ndarray]) -> np.ndarray:
    values = np.stack(curve)
    return ((values[1:] + values[:-1]) / 2).mean(axis=0)


# As Xplique has them; pixels by themselves would hardly change a score.
GRID = 9
SUBSET = 0.2


def drawn_subsets(
    generator: np.random.Generator, images: int, subsets: int, size: Any
) -> np.ndarray:
    """Draws cells of the image that are erased together.

    Args:
        generator: Draws them.
        images: How many images.
        subsets: How many for each.
        size: Height and width of the images, in pixels; there are no more
            cells than pixels.

    Returns:
        bool `(images, subsets, rows, columns)`, a fifth of the cells of a
        grid of `GRID` by `GRID` in each.
    """
    rows, columns = (min(GRID, side) for side in size)
    drawn = generator.random((images, subsets, rows * columns))
    chosen = max(round(SUBSET * rows * columns), 1)
    order = np.argsort(drawn, axis=-1).argsort(axis=-1)
    return (order < chosen).reshape(images, subsets, rows, columns)


def subset_masks(cells: np.ndarray, size: Any) -> np.ndarray:
    """Returns cells of a grid as pixels, bool `(batch, H, W)`.

    Args:
        cells: bool `(batch, rows, columns)`.
        size: Height and width of the image, in pixels.
    """
    rows, columns = (
        np.arange(side) * count // side
        for side, count in zip(size, cells.shape[1:], strict=True)
    )
    return cells[:, rows][:, :, columns]


def subset_losses(scene: Scene, subsets: np.ndarray) -> np.ndarray:
    """Returns what the score loses without each subset of cells.

    Args:
        scene: Images and performer.
        subsets: bool `(batch, subsets, rows, columns)`.

    Returns:
        float64 `(batch, subsets)`, of the score before the softmax.
    """
    size = scene.images.shape[1:3]
    whole = scene.look(scene.images).of(scene.categories)[0]
    several = (
        scene.scores(subset_masks(cells, size))[0]
        for cells in subsets.swapaxes(0, 1)
    )
    return np.stack([whole - left for left in several], axis=1)


def mu_fidelity(
    heat: np.ndarray, subsets: np.ndarray, lost: np.ndarray
) -> np.ndarray:
    """Returns the correlation of the heat of subsets and what they cost.

    Args:
        heat: float `(batch, H, W)`.
        subsets: bool `(batch, subsets, rows, columns)`.
        lost: See `subset_losses`.

    Returns:
        float64 `(batch,)`, Pearson's, -1 to 1; 0 where the heat of all
        subsets is the same, NaN where all of them cost the same.

    Source:
        Bhatt et al. 2020, "Evaluating and aggregating feature-based model
        explanations", definition 3; the cells are those of the library
        Xplique.
    """
    several = (
        np.sum(heat, axis=(1, 2), where=subset_masks(cells, heat.shape[1:]))
        for cells in subsets.swapaxes(0, 1)
    )
    claimed = np.stack([one.astype(np.float64) for one in several], axis=1)
    claimed = claimed - claimed.mean(axis=1, keepdims=True)
    cost = lost - lost.mean(axis=1, keepdims=True)
    scale = np.sqrt((claimed**2).sum(axis=1) * (cost**2).sum(axis=1))
    told = (claimed * cost).sum(axis=1) / np.where(scale > 0, scale, 1.0)
    return np.where(np.ptp(lost, axis=1) > 0, told, np.nan)


RADIUS = 0.02


def max_sensitivity(
    heat_of: Callable[[np.ndarray], np.ndarray],
    images: np.ndarray,
    heat: np.ndarray,
    noises: np.ndarray,
) -> np.ndarray:
    """Returns how much a heat map changes when the image hardly does.

    Args:
        heat_of: Function of images to heat maps.
        images: float32 `(batch, H, W, 3)`.
        heat: float `(batch, H, W)`, theirs.
        noises: float `(draws, H, W, 3)`, in [-1, 1], in units of a fiftieth
            of the range of each image's values.

    Returns:
        float64 `(batch,)`: the largest `|h(x + e) - h(x)| / |h(x)|` over the
        draws, Euclidean. 0 or more, low is good; NaN where the heat is 0
        everywhere.

    Source:
        Yeh et al. 2019, "On the (in)fidelity and sensitivity of
        explanations", definition 2.3, by random draws; over the norm as in
        the library Captum.
    """
    reach = RADIUS * np.ptp(images, axis=(1, 2, 3), keepdims=True)
    moved = [
        heat_of((images + reach * noise).astype(np.float32)) - heat
        for noise in noises
    ]
    norms = [
        np.linalg.norm(one.reshape(len(heat), -1), axis=1) for one in moved
    ]
    whole = np.linalg.norm(heat.reshape(len(heat), -1), axis=1)
    whole = whole.astype(np.float64)
    largest = np.max(norms, axis=0) / np.where(whole > 0, whole, 1.0)
    return np.where(whole > 0, largest, np.nan)
