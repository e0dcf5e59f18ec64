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


def test_as_argmax_finds_them():
    """On random maps with ties, below zero, and of every kind of number."""
    random = np.random.default_rng(0)
    for dtype in ("float16", "float32", "float64"):
        for _ in range(20):
            sides = random.integers(1, 7, 4)
            maps = random.integers(-3, 4, sides).astype(dtype)
            flat = maps.reshape(sides[0], -1, sides[3])
            rows, columns, strengths = find_peaks(maps)
            unit = np.asarray(rows) * sides[2] + np.asarray(columns)
            np.testing.assert_array_equal(unit, flat.argmax(axis=1))
            np.testing.assert_array_equal(strengths, flat.max(axis=1))


def test_a_map_with_nan_has_its_peak_in_the_first_unit():
    """Within the map, so that nothing that is read there falls over."""
    maps = np.ones((1, 2, 3, 1), "float32")
    maps[0, 1, 1] = np.nan
    rows, columns, strengths = find_peaks(maps)
    assert (int(rows[0, 0]), int(columns[0, 0])) == (0, 0)
    assert np.isnan(strengths).all()
