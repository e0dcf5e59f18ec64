"""How many filters fire."""

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.located_peaks import LocatedPeaks


@METRICS.register("alive")
def alive(train: LocatedPeaks, test: LocatedPeaks) -> int:
    """Number of filters that fire on at least 1 % of the test images.

    Args:
        train: Not used; all measures are called alike.
        test: Peaks of the test split.

    Returns:
        Count of filters.
    """
    del train
    return int(test.peaks.live.sum())
