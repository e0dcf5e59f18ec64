"""A part moves with the image: values by hand, gradients by differences."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.losses.equivariance import (
    SHARPNESS,
    STILL,
    equivariance_gradient,
    equivariance_loss,
)
from tf_explainer.losses.filter_losses import FilterContext

SIDE = 9
CONTEXT = FilterContext(beta=4.0, diversity=1.0, diversity_reach=0)
AS_IT_IS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
MIRRORED = [[1.0, 0.0, 0.0], [0.0, -1.0, SIDE - 1.0]]


def maps_with_peaks(places, side=SIDE):
    """Returns maps `(images, side, side, 1)` of one strong unit each."""
    maps = np.zeros((len(places), side, side, 1))
    for image, (row, column) in enumerate(places):
        maps[image, row, column] = 1.0
    return tf.constant(maps)


def loss_of(maps, frames, diversity=0.0):
    """Returns the loss of the first filter as a number."""
    return float(losses_of(maps, tf.constant(frames), diversity)[0])


def losses_of(maps, frames, diversity=1.0, reach=0):
    """Returns the loss of each filter."""
    return equivariance_loss(
        maps, frames, diversity=diversity, diversity_reach=reach
    )


def test_a_peak_that_moves_with_the_image_costs_nothing():
    """Mirrored images, mirrored peaks, in many places."""
    places = [(2, 1), (2, 7), (4, 6), (4, 2), (7, 3), (7, 5)]
    loss = loss_of(maps_with_peaks(places), [AS_IT_IS, MIRRORED] * 3)
    assert loss == pytest.approx(0.0, abs=1e-9)


def test_value_by_hand():
    """Two images, the second peak one column off in one view."""
    maps = maps_with_peaks([(2, 1), (2, 1), (6, 5), (6, 6)])
    loss = loss_of(maps, [AS_IT_IS] * 4)
    # A unit of 1 among 80 zeros whose mean square is 1 / 81: after scaling it
    # is 9, and the softmax gives it this share; the rest pulls to the middle.
    share = np.exp(9 * SHARPNESS) / (np.exp(9 * SHARPNESS) + 80)
    assert share == pytest.approx(1.0)
    error = (0 + 1) / 2
    rows = np.var([2, 2, 6, 6])
    columns = np.var([1, 1, 5, 6])
    expected = error / (2 * (rows + columns) + STILL * SIDE**2)
    assert loss == pytest.approx(expected, rel=1e-6)


def test_places_that_have_nothing_to_do_with_each_other_cost_one():
    """Random peaks in two views of 500 images."""
    random = np.random.default_rng(0)
    maps = maps_with_peaks(random.integers(0, SIDE, (1000, 2)))
    assert loss_of(maps, [AS_IT_IS] * 1000) == pytest.approx(1.0, abs=0.1)


def test_a_constant_place_is_no_part():
    """A filter that always fires in one corner does not follow the mirror."""
    maps = maps_with_peaks([(1, 1)] * 8)
    assert loss_of(maps, [AS_IT_IS, MIRRORED] * 4) > 1


def test_places_outside_the_map_are_left_out():
    """The part has left the view: nobody could follow it."""
    gone = [[1.0, 0.0, 0.0], [0.0, 1.0, 40.0]]
    places = [(2, 1), (2, 1), (6, 5), (3, 2)]
    known = maps_with_peaks(places)
    frames = [AS_IT_IS, AS_IT_IS, AS_IT_IS, gone]
    assert loss_of(known, frames) == pytest.approx(0.0, abs=1e-9)


def test_equal_filters_overlap_and_others_do_not():
    """Cosine 1 for the same peak, 0 for one far off: diversity times that."""
    one = maps_with_peaks([(2, 1), (2, 1), (6, 5), (6, 5)])
    other = maps_with_peaks([(5, 4), (5, 4), (1, 8), (1, 8)])
    frames = tf.constant([AS_IT_IS] * 4)
    same = losses_of(tf.concat([one, one], -1), frames, 0.5)
    apart = losses_of(tf.concat([one, other], -1), frames, 0.5)
    np.testing.assert_allclose(same, [0.5, 0.5], rtol=1e-6)
    np.testing.assert_allclose(apart, [0.0, 0.0], atol=1e-9)


@pytest.mark.parametrize(
    ("reach", "away", "cosine"),
    [
        *((0, 0, 1.0), (0, 1, 0.0)),
        # Squares of 3 units share 6 of 9; of 5 units 15 of 25.
        *((1, 0, 1.0), (1, 1, 6 / 9), (1, 2, 3 / 9), (1, 3, 0.0)),
        *((2, 2, 15 / 25), (2, 5, 0.0)),
    ],
)
def test_neighbors_overlap_as_far_as_the_reach(reach, away, cosine):
    """Two peaks in a row, the given units apart."""
    one = maps_with_peaks([(4, 2)] * 4)
    other = maps_with_peaks([(4, 2 + away)] * 4)
    frames = tf.constant([AS_IT_IS] * 4)
    both = tf.concat([one, other], -1)
    alone = losses_of(both, frames, 0.0)
    overlap = losses_of(both, frames, 0.5, reach) - alone
    np.testing.assert_allclose(overlap, [cosine / 2] * 2, atol=1e-6)


def test_at_the_border_a_filter_is_as_like_itself_as_elsewhere():
    """Units outside the map count as silent."""
    corner = maps_with_peaks([(0, 0)] * 4)
    frames = tf.constant([AS_IT_IS] * 4)
    both = tf.concat([corner, corner], -1)
    alone = losses_of(both, frames, 0.0)
    overlap = losses_of(both, frames, 1.0, 1) - alone
    np.testing.assert_allclose(overlap, [1.0, 1.0], atol=1e-6)


def test_scale_of_a_map_does_not_matter():
    """Ten times as loud: the same loss."""
    maps = tf.random.stateless_uniform((4, 5, 6, 3), (0, 1), dtype="float64")
    frames = tf.constant([AS_IT_IS] * 4)
    np.testing.assert_allclose(
        losses_of(10 * maps, frames),
        losses_of(maps, frames),
        rtol=1e-9,
    )


@pytest.mark.parametrize("reach", [0, 1])
@pytest.mark.parametrize("shape", [(4, 5, 5, 3), (2, 3, 6, 2), (6, 1, 1, 2)])
def test_gradient_by_finite_differences(shape, reach):
    """Of the sum over filters, in float64."""
    random = np.random.default_rng(0)
    maps = random.random(shape)
    turned = random.normal(size=(shape[0], 2, 3)) * 0.1 + AS_IT_IS
    context = CONTEXT._replace(
        frames=tf.constant(turned), diversity=0.7, diversity_reach=reach
    )
    _, gradient = equivariance_gradient(tf.constant(maps), context)
    step = 1e-6
    for index in [tuple(random.integers(0, shape)) for _ in range(12)]:
        ends = []
        for sign in (1, -1):
            moved = maps.copy()
            moved[index] += sign * step
            loss, _ = equivariance_gradient(tf.constant(moved), context)
            ends.append(float(tf.reduce_sum(loss)))
        slope = (ends[0] - ends[1]) / (2 * step)
        assert float(gradient[index]) == pytest.approx(slope, abs=1e-6)


def test_nothing_is_learned_without_views_or_life():
    """No frames: zeros; a dead filter: zeros."""
    maps = tf.random.stateless_uniform((4, 5, 5, 2), (0, 1))
    loss, gradient = equivariance_gradient(maps, CONTEXT)
    assert not np.any(loss) and not np.any(gradient)
    dead = maps * tf.constant([1.0, 0.0])
    frames = tf.constant([AS_IT_IS] * 4)
    loss, gradient = equivariance_gradient(
        dead, CONTEXT._replace(frames=frames)
    )
    assert loss[1] == 0 and not np.any(gradient[..., 1])
    assert np.isfinite(gradient).all() and np.any(gradient[..., 0])
