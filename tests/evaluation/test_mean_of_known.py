"""Means over what could be measured."""

import numpy as np

from tf_explainer.evaluation.sampling import mean_of_known

VALUES = np.array([[1.0, np.nan, np.nan], [3, 4, np.nan]])


def test_by_hand():
    """NaN counts neither above nor below the line; nothing known is NaN."""
    np.testing.assert_array_equal(mean_of_known(VALUES), [2, 4, np.nan])
    np.testing.assert_array_equal(mean_of_known(VALUES, axis=1), [1, 3.5])


def test_equals_numpy_where_all_is_known():
    """The plain mean."""
    values = np.random.default_rng(0).normal(size=(5, 4, 3))
    for axis in range(3):
        np.testing.assert_allclose(
            mean_of_known(values, axis), values.mean(axis=axis)
        )
