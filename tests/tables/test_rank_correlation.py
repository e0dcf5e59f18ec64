"""Rank correlation by hand."""

import pytest

from tf_explainer.tables.run_numbers import rank_correlation


def test_by_hand():
    """1 - 6 · (1 + 1 + 0 + 0) / (4 · 15) for one exchange of neighbors."""
    pairs = [(1.0, 20.0), (2.0, 10.0), (3.0, 30.0), (4.0, 99.0)]
    assert rank_correlation(pairs) == pytest.approx(1 - 12 / 60)
    upside = [(one, -other) for one, other in pairs]
    assert rank_correlation(upside) == pytest.approx(12 / 60 - 1)


def test_nothing_to_tell():
    """Few runs, or a number that never changes."""
    assert rank_correlation([]) is None
    assert rank_correlation([(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]) is None
    assert rank_correlation([(1.0, float(i)) for i in range(5)]) is None
