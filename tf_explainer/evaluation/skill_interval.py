"""How far the mean skill would move with other test images."""

import numpy as np

from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks


def skill_interval(
    train: LocatedPeaks,
    test: LocatedPeaks,
    seed: int = 0,
    resamples: int = 1000,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Percentile bootstrap interval of `skill` over the test images.

    Each resample draws as many test images as there are, with replacement,
    and takes the mean skill again; filters, landmarks and offsets stay as
    chosen on `train`. The filters see the same images, so the images and
    not the filters are resampled.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.
        seed: Seed of the draws.
        resamples: Number of draws.
        confidence: Share of draws inside the interval, in (0, 1).

    Returns:
        Lower and upper end, no unit; NaN if no live filter can be measured.
    """
    result = filter_skill(train, test)
    if not result.measured.any():
        return float("nan"), float("nan")
    error, constant = result.squared_errors(test)
    images = len(test.labels)
    draws = np.random.default_rng(seed).multinomial(
        images, np.full(images, 1 / images), size=resamples
    )
    errors = draws @ error[:, result.measured]
    constants = draws @ constant[:, result.measured]
    # A draw may miss every image of a rare landmark.
    seen = constants > 0
    skills = 1 - errors / np.where(seen, constants, 1.0)
    count = np.maximum(seen.sum(axis=1), 1)
    means = np.sum(skills, axis=1, where=seen) / count
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)
