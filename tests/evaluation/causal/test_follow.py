"""Following a moved part, by hand."""

import numpy as np

from tf_explainer.evaluation.causal.filters import follow
from tf_explainer.evaluation.peaks import FilterPeaks


def peaks(positions):
    """Peaks of strength 1; NaN is silent."""
    positions = np.asarray(positions, float)
    return FilterPeaks(positions, (~np.isnan(positions[..., 0])).astype(float))


def test_known_filters(made_cases):
    """Goes along 1, stays 0, falls silent 0, goes half the way 3/4."""
    cases = made_cases([0, 0], [0, 1], shift=[[0.2, 0], [0, 0.1]])
    start = np.full((1, 4, 2), 0.5)
    end = np.repeat(start, 2, axis=0)
    end[0, 0, 0], end[0, 3, 0] = 0.7, 0.6
    end[0, 2] = np.nan
    own, others = follow(cases, peaks(start), peaks(end), np.zeros(4, int))
    np.testing.assert_allclose(own, [1, 0, 0, 0.75], atol=1e-9)
    np.testing.assert_allclose(others, 0, atol=1e-9)


def test_a_filter_that_follows_every_part(made_cases):
    """It goes along with the others, too."""
    cases = made_cases([0, 0], [0, 1], shift=[[0.2, 0], [0, 0.1]])
    start = np.full((1, 1, 2), 0.5)
    end = np.array([[[0.7, 0.5]], [[0.5, 0.6]]])
    own, others = follow(cases, peaks(start), peaks(end), np.zeros(1, int))
    np.testing.assert_allclose([own, others], 1, atol=1e-9)


def test_nothing_to_follow(made_cases):
    """Silent from the start, or without a part: no number."""
    cases = made_cases([0], [0], shift=[[0.2, 0]])
    start = peaks([[[np.nan, np.nan], [0.5, 0.5]]])
    own, others = follow(cases, start, start, np.array([0, -1]))
    assert np.isnan(own).all() and np.isnan(others).all()


def test_one_that_jumps_far_does_not_decide(made_cases):
    """Cut off at -1: with two that follow, the mean is 1/3."""
    cases = made_cases([0, 0], [0, 1], shift=[[0.1, 0], [0.1, 0]])
    start = np.full((1, 3, 2), 0.5)
    end = np.repeat(start, 2, axis=0)
    end[:, :2, 0] = 0.6
    end[:, 2] = 0.0
    own, others = follow(cases, peaks(start), peaks(end), np.zeros(3, int))
    np.testing.assert_allclose(own, [1, 1, -1], atol=1e-9)
    np.testing.assert_allclose(others, [1, 1, -1], atol=1e-9)
    np.testing.assert_allclose(own.mean(), 1 / 3)


def test_an_animal_that_counts_more(made_cases):
    """It follows in the first and stays in the second: 3 of 4, 0 of 1."""
    cases = made_cases([0, 1], [0, 0], shift=[[0.2, 0], [0.2, 0]])
    start = np.full((2, 1, 2), 0.5)
    end = start.copy()
    end[0, 0, 0] = 0.7
    own, _ = follow(
        cases,
        *(peaks(start), peaks(end), np.zeros(1, int)),
        np.array([[1, 1], [3, 1], [0, 1]]),
    )
    np.testing.assert_allclose(own[:, 0], [0.5, 0.75, 0], atol=1e-9)
