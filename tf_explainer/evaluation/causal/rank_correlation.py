"""Rank correlation of claimed and measured contributions."""

import numpy as np
from scipy import stats

_FEWEST = 3


def correlations_in_groups(
    claimed: np.ndarray, measured: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Rank correlation within each group.

    Args:
        claimed: float `(cases,)`.
        measured: float `(cases,)`.
        groups: int `(cases,)`, such as the image of each case; groups of
            fewer than 3 cases are left out, and those in which nothing that
            is measured makes a difference.

    Returns:
        float64, one number in [-1, 1] for each group that is left: 0 where
        the claim makes no difference, though it does in another group. Empty
        if it makes none in any: who claims nothing at all is neither right
        nor wrong.

    Source:
        Spearman 1904.
    """
    pairs = [
        (claimed[groups == group], measured[groups == group])
        for group in np.unique(groups)
        if (groups == group).sum() >= _FEWEST
    ]
    pairs = [(one, other) for one, other in pairs if not _constant(other)]
    if all(_constant(one) for one, _ in pairs):
        return np.empty(0)
    return np.array(
        [
            0.0 if _constant(one) else _spearman(one, other)
            for one, other in pairs
        ]
    )


def correlation_of_means(
    claimed: np.ndarray, measured: np.ndarray, groups: np.ndarray
) -> float:
    """Rank correlation of the means of groups with at least 3 cases.

    Args:
        claimed: float `(cases,)`.
        measured: float `(cases,)`.
        groups: int `(cases,)`, such as category and part of each case.

    Returns:
        In [-1, 1]; NaN with fewer than 3 such groups, or if one of the two
        makes no difference between them.

    Source:
        Spearman 1904.
    """
    _, group, count = np.unique(groups, return_inverse=True, return_counts=True)
    large = count >= _FEWEST
    if large.sum() < _FEWEST:
        return float("nan")
    one, other = (
        (np.bincount(group, values) / count)[large]
        for values in (claimed, measured)
    )
    if _constant(one) or _constant(other):
        return float("nan")
    return _spearman(one, other)


def _constant(values: np.ndarray) -> bool:
    return bool(np.ptp(values) == 0)


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    return float(stats.spearmanr(one, other).statistic)
