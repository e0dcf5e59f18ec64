"""Paired tests on cases with known answers."""

import numpy as np
import pytest
from scipy import stats

from tf_explainer.errors import InputError
from tf_explainer.evaluation.comparison import paired_difference
from tf_explainer.evaluation.sampling import ImageRatios

_values = ImageRatios.of_values


def test_no_difference():
    """Equal values: nothing to tell apart."""
    values = np.arange(5.0)
    found = paired_difference(_values(values), _values(values))
    assert (found.difference, found.interval, found.p_value) == (0, (0, 0), 1)
    assert found.one == found.other == 2


def test_pairing_sees_what_means_hide():
    """A shift of 0.1 on every image beside a spread of 1 between images."""
    one = np.random.default_rng(0).normal(0, 1, 60)
    other = one + 0.1 + np.random.default_rng(1).normal(0, 0.01, 60)
    found = paired_difference(_values(one), _values(other))
    low, high = found.interval
    assert 0.09 < low < found.difference < high < 0.11
    assert found.p_value < 0.001
    assert stats.ttest_ind(one, other).pvalue > 0.3


def test_p_value_by_hand():
    """Eight gaps of one sign: 2 of the 256 exchanges are as extreme."""
    found = paired_difference(_values(np.zeros(8)), _values(np.arange(1.0, 9)))
    np.testing.assert_allclose(found.p_value, 2 / 256)


def test_interval_is_near_the_normal_one():
    """Standard error of the mean, times 1.96."""
    gap = np.random.default_rng(2).normal(0.3, 1, 400)
    found = paired_difference(_values(np.zeros(400)), _values(gap))
    reach = 1.96 * gap.std() / 20
    np.testing.assert_allclose(
        found.interval,
        [gap.mean() - reach, gap.mean() + reach],
        atol=0.15 * reach,
    )


def test_interval_is_that_of_the_ratio():
    """Filters of different skill, a landmark that is seldom seen.

    What an image adds with the sums below held fixed spreads far more.
    """
    generator = np.random.default_rng(4)
    below = generator.exponential(1, (600, 1))
    below *= generator.random((600, 1)) < 0.15
    one, other = (
        ImageRatios(
            below * skill * generator.normal(1, 0.01, below.shape), below
        )
        for skill in (0.3, 0.9)
    )
    found = paired_difference(one, other)
    gap = other.above - one.above - found.difference * below
    reach = 1.96 * gap.std() / below.mean() / 600**0.5
    np.testing.assert_allclose(
        found.interval,
        [found.difference - reach, found.difference + reach],
        atol=0.2 * reach,
    )
    spread = (other.by_image - one.by_image).std() / 600**0.5
    assert reach < 0.05 * spread


def test_deterministic():
    """One seed, one result."""
    one, other = map(_values, np.random.default_rng(3).random((2, 30)))
    assert paired_difference(one, other, 5) == paired_difference(one, other, 5)


@pytest.mark.parametrize(("one", "other"), [(5, 4), (1, 1)])
def test_other_numbers_of_images_are_refused(one, other):
    """A pair needs two values of one image."""
    with pytest.raises(InputError, match="same two images or more"):
        paired_difference(_values(np.zeros(one)), _values(np.ones(other)))
