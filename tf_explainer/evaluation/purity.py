"""How much of a filter's activation comes from one category."""

import numpy as np

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.filter_category import mean_strengths
from tf_explainer.evaluation.located_peaks import LocatedPeaks


@METRICS.register("purity")
def purity(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Share of a filter's activation that comes from its own category.

    Per filter: mean peak strength on the test images of its own category,
    over the sum of these means of all categories, so that a category with
    more images weighs no more. A filter's own category is the one with the
    highest mean peak strength on `train`. Mean over live filters. 1: fires on
    one category alone; 1 / categories: on all alike. Needs no landmarks.

    Args:
        train: Peaks that choose the category.
        test: Peaks that give the value.

    Returns:
        In [0, 1]; NaN if no filter is live.

    Source:
        Zhang et al. 2018, appendix "Understanding of filter losses", "low
        inter-category entropy"; there an entropy over templates.
    """
    labels = np.intersect1d(train.labels, test.labels)
    filters = np.flatnonzero(test.peaks.live)
    if not len(labels) or not len(filters):
        return float("nan")
    own = mean_strengths(train, labels)[:, filters].argmax(axis=0)
    strength = mean_strengths(test, labels)[:, filters]
    total = np.maximum(strength.sum(axis=0), 1e-30)
    share = strength[own, np.arange(len(filters))] / total
    return min(float(share.mean()), 1.0)
