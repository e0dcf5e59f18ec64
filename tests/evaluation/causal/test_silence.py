"""Silence by hand."""

import numpy as np
import pytest
from scipy import stats

from tf_explainer.evaluation.causal.filters import (
    left_by_size,
    silence,
    silence_like_size,
)


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


@pytest.fixture
def sized(made_cases):
    """Two animals of 15 pixels each, whose parts have other sizes.

    Part 0 fills 8 and 5 of them; of half to twice the 8 are the 4 and the 7,
    whichever animal they are of, and of the 5 all others.
    """
    return made_cases(
        [0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2], pixels=[8, 4, 3, 5, 7, 3]
    )


def test_shares_of_the_animal(sized):
    """Of the pixels of all its parts, not of the image."""
    np.testing.assert_allclose(
        sized.shares, np.array([8 / 15, 4 / 15, 3 / 15, 5 / 15, 7 / 15, 3 / 15])
    )


def test_who_counts_pixels_is_right_about_large_parts(sized):
    """8 beats 4, 3, 7, 3, and 5 all of these but the 7: 7 of 8.

    Of part 1, 4 and 7 beat both 3s, and the 7 also the 5: 5 of 8.
    """
    fires = np.ones((2, 3), bool)
    left = left_by_size(sized, fires)
    np.testing.assert_allclose(left[:, 0], 1 - sized.shares)
    found = silence(sized, fires.astype(float), left, np.array([0, 1, 2]))
    np.testing.assert_allclose(found, [7 / 8, 5 / 8, 0])


def test_who_counts_pixels_is_at_chance_beside_like_sizes(sized):
    """Right about all smaller ones, wrong about all larger ones.

    No part is smaller than part 2, which is left out.
    """
    fires = np.ones((2, 3), bool)
    left = left_by_size(sized, fires)
    found = silence_like_size(
        sized, fires.astype(float), left, np.array([0, 1, 2])
    )
    np.testing.assert_array_equal(found, [0.5, 0.5, np.nan])


def test_who_cares_for_its_part_alone_is_right_by_both(sized):
    """Silent without it, and as before without any other part."""
    before, after = np.ones((2, 2)), np.ones((6, 2))
    for index in range(2):
        after[sized.part == index, index] = 0
    for measure in (silence, silence_like_size):
        found = measure(sized, before, after, np.arange(2))
        np.testing.assert_array_equal(found, [1, 1])


def test_only_like_sizes_are_asked(sized):
    """By hand: 8 with 4, 7 and 5 with 3, 3, 4, 7, but not 8 with 3."""
    after = np.array([[0.5], [0.6], [0.1], [0.7], [0.8], [0.2]])
    found = silence_like_size(sized, np.ones((2, 1)), after, np.zeros(1))
    # Smaller: 8 below 4 and 7, 5 above 3, 3 and 4. Larger: 5 below 7.
    np.testing.assert_allclose(found, [(2 / 5 + 1) / 2])


def test_the_control_asks_about_the_same_animals(sized):
    """The filter is silent in the second: 8 with 4 and 3."""
    fires = np.array([[True], [False]])
    left = left_by_size(sized, fires)
    np.testing.assert_array_equal(left[3:], 0)
    found = silence(sized, fires.astype(float), left, np.zeros(1))
    np.testing.assert_array_equal(found, [1])


def test_an_animal_that_counts_twice(made_cases):
    """As if it were there twice, and one that counts 0 as if it were not."""
    generator = np.random.default_rng(1)
    image, part = np.repeat(np.arange(3), 3), np.tile([0, 1, 2], 3)
    after = generator.random((9, 2))
    cases = made_cases(image, part)
    counts = np.array([[1, 1, 1], [2, 0, 1]])
    found = silence(cases, np.ones((3, 2)), after, np.arange(2), counts)
    twice = made_cases(image, part)
    again = np.concatenate([after[:3], after[:3], after[6:]])
    for row, strengths in zip(found, (after, again), strict=True):
        np.testing.assert_allclose(
            row, silence(twice, np.ones((3, 2)), strengths, np.arange(2))
        )
