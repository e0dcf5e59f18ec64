"""Share of filters that tell more than a constant position."""

import numpy as np

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks


@METRICS.register("share_above_constant")
def share_above_constant(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Share of the live filters whose skill on `test` is above 0.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        In [0, 1]; NaN if no live filter can be measured.
    """
    result = filter_skill(train, test)
    above = result.above_constant[result.measured]
    return float(np.mean(above)) if len(above) else float("nan")
