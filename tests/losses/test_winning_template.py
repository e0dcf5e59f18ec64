"""The paper's approximate gradient, sign corrected."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.layers import part_templates
from tf_explainer.losses.filter_losses import FilterContext
from tf_explainer.losses.mutual_information import (
    exact_gradient,
    winning_template_gradient,
)

CONTEXT = FilterContext(beta=4.0, diversity=1.0, diversity_reach=0)


def dominant_maps(size=5, height=200.0):
    """One strong peak a map, each at a unit of its own.

    Every template then has one image that holds nearly all its probability,
    and every image one template: what the approximation assumes.
    """
    maps = np.zeros((size * size, size * size, 1))
    maps[np.arange(size**2), np.arange(size**2)] = height
    return tf.constant(maps.reshape(size**2, size, size, 1))


def test_by_hand():
    """-p(T̂) t̂ q log(q / p), for two images and one filter of 1 × 2 units."""
    maps = np.array([[3.0, 1.0], [0.0, 2.0]]).reshape(2, 1, 2, 1)
    templates = np.concatenate(
        [part_templates(1, 2, beta=4.0).reshape(2, 2), [[-0.25, -0.25]]]
    )
    score = maps.reshape(2, 2) @ templates.T
    q = np.exp(score) / np.exp(score).sum(axis=0)
    p = q.mean(axis=1)
    winner = [0, 2]  # the second image is of another category
    expected = [
        -templates[t] * q[x, t] * np.log(q[x, t] / p[x]) / 3
        for x, t in enumerate(winner)
    ]
    positive = tf.constant([[True], [False]])
    _, gradient = winning_template_gradient(
        tf.constant(maps), CONTEXT._replace(positive=positive)
    )
    np.testing.assert_allclose(
        np.reshape(gradient, (2, 2)), expected, rtol=1e-10
    )


def test_same_loss_as_exact():
    """Only the gradient is approximate."""
    maps = tf.constant(np.random.default_rng(0).random((6, 3, 3, 2)) * 30)
    loss, _ = winning_template_gradient(maps, CONTEXT)
    np.testing.assert_allclose(loss, exact_gradient(maps, CONTEXT)[0])


@pytest.mark.parametrize("height", [5.0, 20.0, 40.0])
def test_agrees_in_direction_where_one_template_dominates(height):
    """Cosine with the exact gradient, and both push every peak up.

    With larger peaks the exact gradient fades (KL_T cancels the rest, which
    the approximation drops), so that there is no direction to agree on.
    """
    maps = dominant_maps(size=3, height=height)
    _, exact = exact_gradient(maps, CONTEXT)
    _, approximate = winning_template_gradient(maps, CONTEXT)
    cosine = tf.reduce_sum(exact * approximate) / (
        tf.norm(exact) * tf.norm(approximate)
    )
    assert float(cosine) > 0.7
    peaks = maps > 0
    assert np.all(exact[peaks] < 0) and np.all(approximate[peaks] < 0)


def test_following_it_lowers_the_loss():
    """A step against the gradient; against the printed sign it rises."""
    maps = dominant_maps(height=60.0)
    loss, gradient = winning_template_gradient(maps, CONTEXT)
    step = gradient / tf.norm(gradient)
    lower, _ = exact_gradient(maps - step, CONTEXT)
    higher, _ = exact_gradient(maps + step, CONTEXT)
    assert lower[0] < loss[0] < higher[0]
