"""Equivariance of made peaks."""

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.label_free import filter_equivariance
from tf_explainer.evaluation.moved_images import Views
from tf_explainer.evaluation.peaks import FilterPeaks


def made(positions):
    """Peaks of strength 1; NaN is silent."""
    positions = np.asarray(positions, float)
    return FilterPeaks(positions, (~np.isnan(positions[..., 0])).astype(float))


def test_known_filters():
    """Follows 1, stays 0, falls silent 0, goes twice as far 0."""
    views = Views.draw(40, seed=0, flip=True)
    place = np.random.default_rng(1).uniform(0.4, 0.6, (40, 1, 2))
    before = np.repeat(place, 4, axis=1)
    after = before.copy()
    goal = views.points(place)[:, 0]
    after[:, 0] = goal
    after[:, 2] = np.nan
    after[:, 3] = 2 * goal - place[:, 0]
    found = filter_equivariance(made(before), made(after), views)
    np.testing.assert_allclose(found, [1, 0, 0, 0], atol=1e-9)


def test_random_peaks_are_below_zero():
    """Jumping anywhere is worse than staying."""
    views = Views.draw(200, seed=0)
    before, after = np.random.default_rng(0).random((2, 200, 1, 2))
    assert filter_equivariance(made(before), made(after), views)[0] < -1


def test_what_leaves_the_view_does_not_count():
    """A peak that the view cuts off cannot follow."""
    views = Views(
        np.array([[0.5, 0.0], [0.1, 0.0]]), np.ones(2), np.zeros(2, bool)
    )
    before = made([[[0.2, 0.5]], [[0.6, 0.5]]])
    after = made([[[0.9, 0.9]], [[0.5, 0.5]]])
    np.testing.assert_allclose(
        filter_equivariance(before, after, views), [1], atol=1e-9
    )


def test_silent_filter_is_unknown():
    """No peak, no number."""
    views = Views.draw(3, seed=0)
    dead = made(np.full((3, 1, 2), np.nan))
    assert np.isnan(filter_equivariance(dead, dead, views)).all()


def test_other_images_are_refused():
    """Before and after are of one set."""
    views = Views.draw(3, seed=0)
    one, other = made(np.zeros((3, 1, 2))), made(np.zeros((2, 1, 2)))
    with pytest.raises(InputError, match="same images and filters"):
        filter_equivariance(one, other, views)
