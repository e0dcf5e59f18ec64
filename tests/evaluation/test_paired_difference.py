"""Paired tests on cases with known answers."""

import numpy as np
import pytest
from scipy import stats

from tf_explainer.errors import InputError
from tf_explainer.evaluation.paired_difference import paired_difference


def test_no_difference():
    """Equal values: nothing to tell apart."""
    values = np.arange(5.0)
    found = paired_difference(values, values)
    assert (found.difference, found.interval, found.p_value) == (0, (0, 0), 1)
    assert found.one == found.other == 2


def test_pairing_sees_what_means_hide():
    """A shift of 0.1 on every image beside a spread of 1 between images."""
    one = np.random.default_rng(0).normal(0, 1, 60)
    other = one + 0.1 + np.random.default_rng(1).normal(0, 0.01, 60)
    found = paired_difference(one, other)
    low, high = found.interval
    assert 0.09 < low < found.difference < high < 0.11
    assert found.p_value < 0.001
    assert stats.ttest_ind(one, other).pvalue > 0.3


def test_p_value_by_hand():
    """Eight gaps of one sign: 2 of the 256 exchanges are as extreme."""
    found = paired_difference(np.zeros(8), np.arange(1.0, 9))
    np.testing.assert_allclose(found.p_value, 2 / 256)


def test_interval_is_near_the_normal_one():
    """Standard error of the mean, times 1.96."""
    gap = np.random.default_rng(2).normal(0.3, 1, 400)
    found = paired_difference(np.zeros(400), gap)
    reach = 1.96 * gap.std() / 20
    np.testing.assert_allclose(
        found.interval,
        [gap.mean() - reach, gap.mean() + reach],
        atol=0.15 * reach,
    )


def test_deterministic():
    """One seed, one result."""
    one, other = np.random.default_rng(3).random((2, 30))
    assert paired_difference(one, other, 5) == paired_difference(one, other, 5)


@pytest.mark.parametrize("shape", [(4,), (1,), (5, 2)])
def test_other_numbers_of_images_are_refused(shape):
    """A pair needs two values of one image."""
    with pytest.raises(InputError, match="at least two images"):
        paired_difference(
            np.zeros(5 if shape == (4,) else shape), np.ones(shape)
        )
