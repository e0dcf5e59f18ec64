"""Rank correlations by hand."""

import numpy as np

from tf_explainer.evaluation.causal.rank_correlation import (
    correlation_by_group,
    correlation_of_means,
)


def test_mean_over_groups():
    """1 in one image, -1/2 in the next; two cases are too few."""
    claimed = np.array([1, 2, 30, 1, 2, 3, 5, 1])
    measured = np.array([0.1, 0.4, 0.5, 3, 1, 2, 0, 9])
    groups = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    np.testing.assert_allclose(
        correlation_by_group(claimed, measured, groups), (1 - 0.5) / 2
    )


def test_a_claim_without_a_difference_is_worth_nothing():
    """Equal for all parts: 0, not an error."""
    groups = np.zeros(4, int)
    assert correlation_by_group(np.ones(4), np.arange(4), groups) == 0


def test_too_few():
    """No group of three, no number."""
    two = np.arange(2.0)
    assert np.isnan(correlation_by_group(two, two, np.zeros(2, int)))
    assert np.isnan(correlation_of_means(two, two, np.zeros(2, int)))


def test_of_means():
    """Noise within a group cancels; a group of two is left out."""
    groups = np.repeat([7, 8, 9, 10], [3, 3, 3, 2])
    claimed = np.array([0, 1, 2, 1, 2, 3, 2, 3, 4, -9, -9.0])
    measured = np.array([2, 1, 0, 5, 0, 4, 9, 1, 2, 99, 99.0])
    np.testing.assert_allclose(
        correlation_of_means(claimed, measured, groups), 1
    )
