"""The interval of a mean."""

import numpy as np
import pytest

from tf_explainer.evaluation.sampling import bootstrap_interval


def test_near_the_normal_one():
    """Standard error of the mean, times 1.96."""
    values = np.random.default_rng(2).normal(0.3, 1, 400)
    reach = 1.96 * values.std() / 20
    np.testing.assert_allclose(
        bootstrap_interval(values),
        [values.mean() - reach, values.mean() + reach],
        atol=0.15 * reach,
    )


@pytest.mark.parametrize("value", [0.0, 0.25])
def test_equal_values_have_no_width(value):
    """Every draw has the same mean."""
    assert bootstrap_interval(np.full(7, value)) == (value, value)
