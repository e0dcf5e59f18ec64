"""The filter loss against its definition."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.layers import part_templates
from tf_explainer.losses import FILTER_LOSSES, mutual_information_loss
from tf_explainer.losses.filter_losses import FilterContext
from tf_explainer.losses.mutual_information import exact_gradient

CONTEXT = FilterContext(beta=4.0, diversity=1.0, diversity_reach=0)

SHAPES = [(4, 3, 3, 2), (3, 2, 5, 1), (5, 1, 1, 2), (1, 3, 3, 2), (2, 4, 1, 3)]


def loss_of(maps):
    """The loss at the usual steepness."""
    return mutual_information_loss(maps, beta=4.0)


def random_maps(shape, scale=20.0, seed=0):
    """Maps after a ReLU, scores of a few nats."""
    maps = np.random.default_rng(seed).normal(size=shape)
    return scale * np.maximum(maps, 0)


def definition(maps, beta=4.0):
    """Equation 2 for one filter, written out with plain sums."""
    batch, height, width = maps.shape
    units = height * width
    templates = np.concatenate(
        [
            part_templates(height, width, beta=beta),
            np.full((1, height, width), -0.5 / units),
        ]
    )
    score = np.einsum("bij,tij->bt", maps, templates)
    likelihood = np.exp(score) / np.exp(score).sum(axis=0)
    evidence = likelihood.mean(axis=1)
    total = 0.0
    for t in range(units + 1):
        for x in range(batch):
            ratio = likelihood[x, t] / evidence[x]
            total -= likelihood[x, t] * np.log(ratio) / (units + 1)
    return total


@pytest.mark.parametrize("shape", SHAPES)
def test_value_matches_definition(shape):
    """Each filter's loss is equation 2 of that filter alone."""
    maps = random_maps(shape)
    loss = loss_of(maps)
    expected = [definition(maps[..., f]) for f in range(shape[-1])]
    np.testing.assert_allclose(loss, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_matches_finite_differences(shape):
    """Central differences of every entry, in float64."""
    maps, step = random_maps(shape, seed=1), 1e-5
    _, gradient = exact_gradient(tf.constant(maps), CONTEXT)
    expected = np.zeros(shape)
    for index in np.ndindex(shape):
        above, below = maps.copy(), maps.copy()
        above[index] += step
        below[index] -= step
        difference = loss_of(above) - loss_of(below)
        expected[index] = difference[index[-1]] / (2 * step)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-10)


def test_custom_gradient_is_automatic_differentiation():
    """The custom gradient equals TensorFlow's own through the definition."""
    maps = tf.constant(random_maps((4, 3, 3, 2)))
    weights = tf.constant([2.0, -3.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        total = tf.reduce_sum(weights * loss_of(maps))
    _, gradient = exact_gradient(maps, CONTEXT)
    np.testing.assert_allclose(tape.gradient(total, maps), gradient * weights)


def test_silent_maps():
    """All-zero maps fit all templates alike: no information, no gradient."""
    maps = tf.zeros((4, 3, 3, 2), tf.float64)
    loss, gradient = exact_gradient(maps, CONTEXT)
    np.testing.assert_allclose(loss, 0, atol=1e-15)
    np.testing.assert_allclose(gradient, 0, atol=1e-15)


def test_is_never_above_zero_nor_below_the_prior_entropy():
    """-MI lies between -log(number of templates) and 0."""
    for seed in range(5):
        loss = loss_of(random_maps((6, 4, 4, 3), 1e3, seed))
        assert np.all(loss <= 1e-12) and np.all(loss >= -np.log(17))


@pytest.mark.parametrize("name", FILTER_LOSSES.names())
@pytest.mark.parametrize("scale", [1e6, 1e30])
def test_large_activations_do_not_overflow(name, scale):
    """float32 stays finite where exp() alone would not."""
    maps = tf.constant(random_maps((4, 3, 3, 2), scale), tf.float32)
    loss, gradient = FILTER_LOSSES.get(name)(maps, CONTEXT)
    assert np.isfinite(loss).all() and np.isfinite(gradient).all()


def test_half_precision_is_computed_in_float32():
    """bfloat16 maps give a float32 loss."""
    maps = tf.cast(random_maps((4, 3, 3, 2)), tf.bfloat16)
    assert loss_of(maps).dtype == tf.float32


def test_order_of_images_does_not_matter():
    """The loss is one of the set of images; the gradient moves along."""
    maps = random_maps((5, 3, 3, 2))
    order = np.array([3, 1, 4, 0, 2])
    loss, gradient = exact_gradient(tf.constant(maps), CONTEXT)
    again, moved = exact_gradient(tf.constant(maps[order]), CONTEXT)
    np.testing.assert_allclose(again, loss)
    np.testing.assert_allclose(moved, np.asarray(gradient)[order])
