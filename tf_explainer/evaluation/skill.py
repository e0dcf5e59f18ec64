"""Mean skill of a layer's filters."""

import numpy as np

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks


@METRICS.register("skill")
def skill(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Mean test skill of the live filters, see `filter_skill`.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        No unit; 1 perfect, 0 a constant position, below 0 worse than that.
        NaN if no live filter can be measured.
    """
    result = filter_skill(train, test)
    values = result.test[result.measured]
    return float(np.mean(values)) if len(values) else float("nan")
