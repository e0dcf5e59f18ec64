"""Rank correlation of two numbers over runs."""

from collections.abc import Sequence

_FEWEST = 4


def rank_correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Returns Spearman's rank correlation, or `None` where it says nothing.

    Args:
        pairs: Two numbers of each run.

    Returns:
        In [-1, 1]; `None` for fewer than four runs, or if one of the numbers
        is always the same.

    Source:
        Spearman 1904.
    """
    ones, others = ([pair[place] for pair in pairs] for place in range(2))
    if len(pairs) < _FEWEST or len(set(ones)) < 2 or len(set(others)) < 2:
        return None
    # SciPy takes a second to import.
    from scipy import stats

    return float(stats.spearmanr(ones, others).statistic)
