"""find_peaks on maps whose peak is known."""

import numpy as np

from tf_explainer.layers import find_peaks


def test_by_hand():
    """Row, column and strength; ties go to the first unit; silence is 0."""
    maps = np.zeros((1, 2, 3, 3), "float32")
    maps[0, 1, 2, 0] = 4.0
    maps[0, 0, 1, 1] = maps[0, 1, 0, 1] = 2.0
    rows, columns, strengths = find_peaks(maps)
    np.testing.assert_array_equal(rows, [[1, 0, 0]])
    np.testing.assert_array_equal(columns, [[2, 1, 0]])
    np.testing.assert_array_equal(strengths, [[4, 2, 0]])
