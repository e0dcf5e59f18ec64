"""Some examples of many."""

import numpy as np
import pytest

from tf_explainer.datasets.part_dataset import spread_evenly


@pytest.mark.parametrize(
    ("count", "most", "expected"),
    [
        (9, 3, [0, 4, 8]),
        (9, 4, [0, 3, 5, 8]),
        (3, 2, [0, 2]),
        (5, 1, [0]),
        (3, 20, [0, 1, 2]),
        (0, 4, []),
    ],
)
def test_by_hand(count, most, expected):
    """The first, the last, and what lies between in equal steps."""
    chosen = spread_evenly(count, most)
    assert len(chosen) == count
    np.testing.assert_array_equal(np.flatnonzero(chosen), expected)


@pytest.mark.parametrize("count", range(100, 200, 7))
def test_as_many_as_asked_for(count):
    """No two places fall together, and no two in a row are left out."""
    places = np.flatnonzero(spread_evenly(count, 100))
    assert len(places) == 100
    assert np.diff(places).max() <= 2
