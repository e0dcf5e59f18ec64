"""How far the numbers would move with other test images."""

import numpy as np

from tf_explainer.evaluation.metrics.location import pck_ratios
from tf_explainer.evaluation.metrics.parts import covered
from tf_explainer.evaluation.metrics.skills import filter_skill, skill_ratios
from tf_explainer.evaluation.peaks import LocatedPeaks
from tf_explainer.evaluation.sampling import image_draws, mean_of_known


def intervals(
    train: LocatedPeaks,
    test: LocatedPeaks,
    seed: int = 0,
    resamples: int = 1000,
    confidence: float = 0.95,
) -> dict[str, tuple[float, float]]:
    """Percentile bootstrap intervals of four measures over the test images.

    Each resample draws as many test images as there are, with replacement,
    and takes the measures again; filters, landmarks and offsets stay as
    chosen on `train`. The filters see the same images, so the images and not
    the filters are resampled. A draw is a count for each image, so that all
    draws together are one matrix product. Location instability has none: a
    draw repeats images, so that its standard deviations over the few images
    of a rare filter are too small, and the interval may miss the value.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.
        seed: Seed of the draws.
        resamples: Number of draws.
        confidence: Share of draws inside the interval, in (0, 1).

    Returns:
        `skill`, `share_above_constant`, `pck` (no unit) and `coverage`
        (count) to lower and upper end; empty if no live filter can be measured.
    """
    result = filter_skill(train, test)
    if not result.measured.any():
        return {}
    draws = image_draws(len(test.labels), resamples, seed)
    skills = skill_ratios(train, test).by_filter(draws)
    # Rounding alone puts a constant position at about 1e-16.
    above = np.where(np.isnan(skills), np.nan, skills > 1e-9)
    drawn = {
        "skill": mean_of_known(skills, axis=1),
        "share_above_constant": mean_of_known(above, axis=1),
        "pck": pck_ratios(train, test).drawn(draws),
        "coverage": covered(result, skills),
    }
    tail = (1 - confidence) / 2
    ends = {
        name: np.nanquantile(values, [tail, 1 - tail])
        for name, values in drawn.items()
    }
    return {
        name: (float(low), float(high)) for name, (low, high) in ends.items()
    }


def skill_interval(
    train: LocatedPeaks,
    test: LocatedPeaks,
    seed: int = 0,
    resamples: int = 1000,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Percentile bootstrap interval of `skill` over the test images.

    See `intervals`, which gives those of other measures with it.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.
        seed: Seed of the draws.
        resamples: Number of draws.
        confidence: Share of draws inside the interval, in (0, 1).

    Returns:
        Lower and upper end, no unit; NaN if no live filter can be measured.
    """
    found = intervals(train, test, seed, resamples, confidence)
    return found.get("skill", (float("nan"), float("nan")))
