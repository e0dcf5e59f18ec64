"""Purity by hand."""

import numpy as np

from tf_explainer.evaluation.metrics.categories import purity


def made(located, strengths, labels):
    """One landmark, peaks anywhere, strengths as given."""
    strengths = np.asarray(strengths, float)
    positions = np.where(strengths[..., None] > 0, 0.5, np.nan)
    positions = np.broadcast_to(positions, (*strengths.shape, 2))
    landmarks = np.zeros((len(labels), 1, 2))
    return located(positions, landmarks, labels, strengths)


def test_by_hand(located):
    """Means 3 and 1 → 0.75; fires on one category alone → 1."""
    found = made(located, [[2, 5], [4, 5], [1, 0], [1, 0]], [0, 0, 1, 1])
    np.testing.assert_allclose(purity(found, found), (0.75 + 1) / 2)


def test_many_images_weigh_no_more(located):
    """Nine images of one category, one of the other, all alike: a half."""
    found = made(located, np.ones((10, 1)), [0] * 9 + [1])
    np.testing.assert_allclose(purity(found, found), 0.5)


def test_category_comes_from_train(located):
    """A filter that changes its mind is below a half."""
    train = made(located, [[3], [1]], [0, 1])
    test = made(located, [[1], [3]], [0, 1])
    np.testing.assert_allclose(purity(train, test), 0.25)


def test_silent_layer(located):
    """No live filter, no number."""
    found = made(located, np.zeros((2, 1)), [0, 1])
    assert np.isnan(purity(found, found))
