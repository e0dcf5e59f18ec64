"""Whether a filter falls silent without its part."""

import numpy as np
from scipy import stats

from tf_explainer.evaluation.causal.drawn_cases import DrawnCases


def silence(
    cases: DrawnCases,
    before: np.ndarray,
    after: np.ndarray,
    standing: np.ndarray,
) -> np.ndarray:
    """Returns how surely a filter falls silent when its own part is removed.

    The area under the ROC curve of the filter's peak strength, divided by the
    one in the whole image: the chance that it is lower after its own part was
    removed than after another part of such an animal was. 1: it always is; a
    half: it does not care which part is gone. Only animals that show the
    filter's part, and fire the filter, are asked.

    Args:
        cases: What was removed from which image.
        before: float `(images, filters)`, peak strengths in whole images.
        after: float `(cases, filters)`, without the part.
        standing: int `(filters,)`, the part of each filter, -1 for none.

    Returns:
        float64 `(filters,)`, in [0, 1]; NaN where nothing can be asked.

    Source:
        Mann and Whitney 1947, for the area under the curve by ranks.
    """
    result = np.full(len(standing), np.nan)
    whole = before[cases.image]
    ratio = np.where(whole > 0, after / np.where(whole > 0, whole, 1), np.nan)
    for part in np.unique(standing[standing >= 0]):
        filters = np.flatnonzero(standing == part)
        own = cases.part == part
        asked = np.isin(cases.image, cases.image[own])
        values = ratio[np.ix_(asked, filters)]
        result[filters] = _area(values, own[asked])
    return result


def _area(values: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Chance that a value of `own` is below one of the rest, by column."""
    if not own.any() or own.all():
        return np.full(values.shape[1], np.nan)
    ranks = stats.rankdata(values, axis=0, nan_policy="omit")
    known = ~np.isnan(values)
    first, second = known[own].sum(axis=0), known[~own].sum(axis=0)
    rest = np.sum(ranks[~own], axis=0, where=known[~own])
    wins = rest - second * (second + 1) / 2
    pairs = first * second
    return np.where(pairs > 0, wins / np.maximum(pairs, 1), np.nan)
