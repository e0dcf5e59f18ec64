"""How far the mean skill would move with other test images."""

from tf_explainer.evaluation.intervals import intervals
from tf_explainer.evaluation.located_peaks import LocatedPeaks


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
