"""How far a filter's activation spreads over its map."""

from typing import Any

import numpy as np
from keras import ops

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.located_peaks import LocatedPeaks


@METRICS.register("spatial_entropy")
def spatial_entropy(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """How far activation spreads over the map; 0 one unit, 1 all alike.

    Of a map with `n` units and activations `a`, `-sum q log q / log n` with
    `q = a / sum a`; mean over the images that fire the filter, then over live
    filters. Behind a mask, which cuts off what is far from the peak, it is
    low for any filter: compare it with the untrained explainer.

    Args:
        train: Not used; all measures are called alike.
        test: Peaks of the test split, with `entropies`.

    Returns:
        In [0, 1]; NaN if no filter is live or no map was seen.

    Source:
        Zhang et al. 2018, appendix "Understanding of filter losses", "low
        spatial entropy"; there over templates, here over units.
    """
    del train
    entropies, live = test.peaks.entropies, test.peaks.live
    if entropies is None or not live.any():
        return float("nan")
    fires = test.peaks.fires
    total = np.where(fires, entropies, 0.0).sum(axis=0)
    mean = (total[live] / fires.sum(axis=0)[live]).mean()
    return min(float(mean), 1.0)


def map_entropies(maps: Any) -> Any:
    """Returns the spatial entropy of each map.

    Args:
        maps: Float tensor `(batch, H, W, filters)`; below 0 counts as 0.

    Returns:
        Tensor `(batch, filters)` in [0, 1]; 0 where the filter is silent.
    """
    _, height, width, _ = maps.shape
    activation = ops.relu(maps)
    total = ops.sum(activation, axis=(1, 2), keepdims=True)
    share = activation / ops.maximum(total, 1e-30)
    terms = share * ops.log(ops.maximum(share, 1e-30))
    entropy = -ops.sum(terms, axis=(1, 2)) / np.log(max(height * width, 2))
    return ops.relu(entropy)
