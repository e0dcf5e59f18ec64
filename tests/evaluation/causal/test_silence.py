"""Silence by hand."""

import numpy as np
from scipy import stats

from tf_explainer.evaluation.causal.silence import silence


def test_known_filters(made_cases):
    """Falls silent 1, does not care 0.5, gets stronger 0, no part NaN."""
    cases = made_cases([0, 0, 1, 1], [0, 1, 0, 2])
    before = np.full((2, 4), 2.0)
    after = np.array(
        [[0, 2, 3, 1], [2, 2, 2, 1], [0.5, 2, 3, 1], [1.5, 2, 2, 1]]
    )
    found = silence(cases, before, after, np.array([0, 0, 0, -1]))
    np.testing.assert_array_equal(found, [1, 0.5, 0, np.nan])


def test_strength_is_relative_to_the_whole_image(made_cases):
    """A weak image does not pass for a silent one."""
    cases = made_cases([0, 0, 1, 1], [0, 1, 0, 1])
    before = np.array([[10.0], [1.0]])
    after = np.array([[5.0], [9.0], [0.5], [0.9]])
    np.testing.assert_allclose(silence(cases, before, after, np.zeros(1)), [1])


def test_only_animals_that_show_the_part_and_fire(made_cases):
    """Image 1 lacks part 0, in image 2 the filter is silent from the start."""
    cases = made_cases([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 0, 1])
    before = np.array([[1.0], [1.0], [0.0]])
    after = np.array([[0.2], [0.5], [0.1], [0.1], [0.0], [9.0]])
    np.testing.assert_allclose(silence(cases, before, after, np.zeros(1)), [1])


def test_equals_mann_whitney(made_cases):
    """The area under the curve is the U statistic over its largest value."""
    generator = np.random.default_rng(0)
    image = np.repeat(np.arange(20), 2)
    cases = made_cases(image, np.tile([0, 1], 20))
    before = generator.random((20, 1)) + 0.5
    after = generator.random((40, 1)).round(1)
    ratio = (after / before[image])[:, 0]
    wins = stats.mannwhitneyu(ratio[1::2], ratio[::2]).statistic / 400
    np.testing.assert_allclose(
        silence(cases, before, after, np.zeros(1)), [wins]
    )


def test_part_never_removed(made_cases):
    """Nothing to ask."""
    cases = made_cases([0, 0], [1, 2])
    found = silence(cases, np.ones((1, 1)), np.ones((2, 1)), np.zeros(1))
    assert np.isnan(found).all()
