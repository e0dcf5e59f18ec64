"""Consistency of filters with each other."""

import numpy as np

from tf_explainer.evaluation.metrics.agreement import (
    consistency,
    filter_consistency,
)


def constellation(located, seed, images=80):
    """Three filters at fixed distances, one at random, one dead."""
    generator = np.random.default_rng(seed)
    place = generator.uniform(0.2, 0.6, (images, 1, 2))
    peaks = np.full((images, 5, 2), np.nan)
    peaks[:, :3] = place + np.array([[0, 0], [0.1, 0.2], [0.2, 0.1]])
    peaks[:, 3] = generator.random((images, 2))
    return located(peaks, np.zeros((images, 0, 2)))


def test_parts_tell_each_other_s_place(located):
    """Two thirds of 1 and a third of at most 0, against a stranger."""
    train, test = constellation(located, 1), constellation(located, 2)
    values = filter_consistency(train, test)
    assert (values[:3] > 0.3).all()
    # Each part tells two parts exactly, and the stranger not at all.
    np.testing.assert_allclose(values[:3], 2 / 3, atol=0.15)
    assert values[3] < 0
    assert np.isnan(values[4])
    np.testing.assert_allclose(
        consistency(train, test), np.nanmean(values), rtol=1e-9
    )


def test_constants_have_none(located):
    """Peaks that never move are no landmarks to tell."""
    still = located(np.full((10, 3, 2), 0.5), np.zeros((10, 0, 2)))
    assert np.isnan(consistency(still, still))


def test_one_filter_alone(located):
    """There is no other to tell."""
    found = constellation(located, 1)
    alone = found.chosen(np.arange(80), np.array([0]))
    assert np.isnan(consistency(alone, alone))


def test_twins_tell_nothing_where_pairs_must_be_apart(located):
    """Two filters in one place are one part; a third one away tells them."""
    generator = np.random.default_rng(0)
    place = generator.uniform(0.2, 0.6, (40, 1, 2))
    peaks = place + np.array([[0, 0], [0.01, 0], [0.3, 0]])
    peaks[:10, 2] = np.nan
    found = located(peaks, np.zeros((40, 0, 2)))
    twins = found.chosen(np.arange(40), np.array([0, 1]))
    np.testing.assert_allclose(filter_consistency(twins, twins), 1, atol=1e-6)
    assert np.isnan(filter_consistency(twins, twins, apart=0.1)).all()
    values = filter_consistency(found, found, apart=0.1)
    np.testing.assert_allclose(values[:2], 1, atol=1e-6)
    # On the quarter of the images in which it is silent it tells nothing.
    assert 0.6 < values[2] < 0.9
