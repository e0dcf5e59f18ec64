"""Rank correlations by hand."""

import numpy as np

from tf_explainer.evaluation.causal.score_changes import (
    correlation_of_means,
    correlations_in_groups,
)


def test_one_number_a_group():
    """1 in one image, -1/2 in the next; two cases are too few."""
    claimed = np.array([1, 2, 30, 1, 2, 3, 5, 1])
    measured = np.array([0.1, 0.4, 0.5, 3, 1, 2, 0, 9])
    groups = np.array([0, 0, 0, 1, 1, 1, 2, 2])
    np.testing.assert_allclose(
        correlations_in_groups(claimed, measured, groups), [1, -0.5]
    )


def test_a_claim_without_a_difference_in_one_group_earns_nothing_there():
    """Equal for all parts of the second image: 0 there, not an error."""
    groups = np.repeat([0, 1], 3)
    claimed, measured = np.array([1, 2, 3, 7, 7, 7]), np.array([1, 2, 3] * 2)
    np.testing.assert_allclose(
        correlations_in_groups(claimed, measured, groups), [1, 0]
    )


def test_a_claim_without_any_difference_has_no_number():
    """Nothing was claimed: no 0 that looks as if it were measured."""
    groups = np.repeat([0, 1], 3)
    claimed, measured = np.repeat([4, 5], 3), np.array([1, 2, 3] * 2)
    assert not len(correlations_in_groups(claimed, measured, groups))
    four = np.arange(4.0).repeat(3)
    for one, other in ((four * 0, four), (four, four * 0)):
        assert np.isnan(correlation_of_means(one, other, four.astype(int)))


def test_where_nothing_changes_nobody_is_asked():
    """The second image is left out, whatever is claimed of it."""
    groups = np.repeat([0, 1], 3)
    measured = np.array([1, 2, 3, 5, 5, 5])
    found = correlations_in_groups(np.arange(6), measured, groups)
    np.testing.assert_allclose(found, [1])
    none = correlations_in_groups(
        np.array([1, 1, 1, 1, 2, 3]), measured, groups
    )
    assert not len(none)


def test_too_few():
    """No group of three, no number."""
    two = np.arange(2.0)
    assert not len(correlations_in_groups(two, two, np.zeros(2, int)))
    assert np.isnan(correlation_of_means(two, two, np.zeros(2, int)))


def test_of_means():
    """Noise within a group cancels; a group of two is left out."""
    groups = np.repeat([7, 8, 9, 10], [3, 3, 3, 2])
    claimed = np.array([0, 1, 2, 1, 2, 3, 2, 3, 4, -9, -9.0])
    measured = np.array([2, 1, 0, 5, 0, 4, 9, 1, 2, 99, 99.0])
    np.testing.assert_allclose(
        correlation_of_means(claimed, measured, groups), 1
    )
