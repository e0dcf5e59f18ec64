"""FilterCategories: the category that fires a filter most, by hand."""

import numpy as np

from tf_explainer.layers import FilterCategories
from tf_explainer.testing import check_layer

LABELS = np.array([[1, 0], [1, 0], [0, 1]], "float32")


def test_category_is_the_largest_mean():
    """Filter 0: means 2 and 3; filter 1: means 5 and 1. Not the sums."""
    maps = np.array([[2, 5], [2, 5], [3, 1]], "float32").reshape(3, 1, 1, 2)
    layer = FilterCategories(2)
    layer(maps, LABELS, training=True)
    layer.assign()
    np.testing.assert_array_equal(layer.category, [1, 0])
    positive = layer(maps, LABELS)
    np.testing.assert_array_equal(
        positive, [[False, True], [False, True], [True, False]]
    )


def test_nothing_seen_changes_nothing():
    """Without images the categories stay."""
    layer = FilterCategories(2)
    layer.build((None, 1, 1, 2))
    layer.category.assign([1.0, 0.0])
    layer.assign()
    np.testing.assert_array_equal(layer.category, [1, 0])


def test_contract():
    """Config, files, XLA, precision."""
    maps = np.random.default_rng(0).random((3, 4, 3, 2), "float32")
    check_layer(FilterCategories, {"categories": 2}, maps, {"labels": LABELS})
