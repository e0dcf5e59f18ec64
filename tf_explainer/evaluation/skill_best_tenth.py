"""Mean skill of the best tenth of a layer's filters."""

import math

import numpy as np

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks


@METRICS.register("skill_best_tenth")
def skill_best_tenth(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Mean test skill of the tenth of live filters that is best on `train`.

    The tenth (rounded up) is chosen on `train`, so that luck on the test
    images does not raise the number.

    Args:
        train: Peaks and landmarks that choose filters, landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        No unit, as `skill`; NaN if no live filter can be measured.
    """
    result = filter_skill(train, test)
    filters = np.flatnonzero(result.measured)
    if not len(filters):
        return float("nan")
    order = np.argsort(-result.train[filters], kind="stable")
    best = filters[order[: math.ceil(len(filters) / 10)]]
    return float(result.test[best].mean())
