"""Whether a peak follows a part that was moved."""

import numpy as np

from tf_explainer.evaluation.causal.drawn_cases import DrawnCases
from tf_explainer.evaluation.filter_peaks import FilterPeaks


def follow(
    cases: DrawnCases,
    before: FilterPeaks,
    after: FilterPeaks,
    standing: np.ndarray,
    counts: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns how far the filters' peaks go along when a part is moved.

    `1 - sum ||q - (p + d)||^2 / sum ||d||^2` over the cases in which the
    filter fires in the whole image, with `p` its peak there, `q` its peak
    after the part was moved by `d`. 1: goes along exactly; 0: stays, or falls
    silent; below 0: jumps elsewhere. Each filter's value is cut off at -1, as
    in `filter_consistency`, so that one that jumps far does not decide over
    many that follow.

    Args:
        cases: Which part of which image was moved, and how far.
        before: Peaks in whole images.
        after: Peaks with the part moved, one row a case.
        standing: int `(filters,)`, the part of each filter, -1 for none.
        counts: float `(..., images)`, how often each animal counts; once each
            by default.

    Returns:
        Two float64 `(..., filters)` in [-1, 1], for the filter's own part and
        for all other parts, where 0 is right; NaN where there is no case.
    """
    start = before.positions[cases.image]
    goal = start + cases.shift[:, None]
    end = np.where(after.fires[..., None], after.positions, start)
    missed = ((end - goal) ** 2).sum(axis=-1)
    away = (cases.shift**2).sum(axis=-1)[:, None] * np.ones_like(missed)
    fires = before.fires[cases.image] & (standing >= 0)
    own = cases.part[:, None] == standing
    counts = np.ones(len(cases.images)) if counts is None else counts
    weights = counts[..., cases.image]
    first, second = (
        _share(missed, away, fires & used, weights) for used in (own, ~own)
    )
    return first, second


def _share(
    missed: np.ndarray,
    away: np.ndarray,
    used: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    total = weights @ np.where(used, away, 0)
    error = weights @ np.where(used, missed, 0)
    known = total > 0
    share = 1 - error / np.where(known, total, 1.0)
    return np.where(known, np.maximum(share, -1), np.nan)
