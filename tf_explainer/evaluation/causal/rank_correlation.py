"""Rank correlation of claimed and measured contributions."""

import numpy as np
from scipy import stats

_FEWEST = 3


def correlation_by_group(
    claimed: np.ndarray, measured: np.ndarray, groups: np.ndarray
) -> float:
    """Mean over groups of the rank correlation within a group.

    Args:
        claimed: float `(cases,)`.
        measured: float `(cases,)`.
        groups: int `(cases,)`, such as the image of each case; groups of
            fewer than 3 cases are left out.

    Returns:
        In [-1, 1]; NaN if no group is large enough.

    Source:
        Spearman 1904.
    """
    values = [
        _spearman(claimed[groups == group], measured[groups == group])
        for group in np.unique(groups)
        if (groups == group).sum() >= _FEWEST
    ]
    return float(np.mean(values)) if values else float("nan")


def correlation_of_means(
    claimed: np.ndarray, measured: np.ndarray, groups: np.ndarray
) -> float:
    """Rank correlation of the means of groups with at least 3 cases.

    Args:
        claimed: float `(cases,)`.
        measured: float `(cases,)`.
        groups: int `(cases,)`, such as category and part of each case.

    Returns:
        In [-1, 1]; NaN with fewer than 3 such groups.

    Source:
        Spearman 1904.
    """
    _, group, count = np.unique(groups, return_inverse=True, return_counts=True)
    large = count >= _FEWEST
    if large.sum() < _FEWEST:
        return float("nan")
    means = [
        (np.bincount(group, values) / count)[large]
        for values in (claimed, measured)
    ]
    return _spearman(*means)


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    # A claim that makes no difference has no rank; scipy would warn.
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(stats.spearmanr(one, other).statistic)
