"""The fast forms against the plain ones, which are kept here, in float32.

What is fast is written for the machine; what is here is written for a reader.
"""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.layers import PartMask, part_templates
from tf_explainer.losses.equivariance import (
    SHARPNESS,
    STILL,
    equivariance_gradient,
)
from tf_explainer.losses.filter_losses import FilterContext
from tf_explainer.losses.mutual_information import (
    all_templates,
    exact_gradient,
    winning_template_gradient,
)

# Images, rows, columns, filters.
SHAPES = [(8, 12, 12, 24), (4, 7, 13, 5), (6, 3, 3, 9), (2, 1, 6, 2)]
NEAR = {"rtol": 1e-4, "atol": 1e-5}


def maps_of(shape, scale=1.0):
    """Random maps after a ReLU, with a peak that stands out."""
    random = np.random.default_rng(sum(shape))
    maps = np.maximum(random.normal(size=shape), 0)
    return tf.constant(scale * maps**2, tf.float32)


def near(found, wanted):
    """To 1e-5 of the largest entry."""
    size = float(tf.reduce_max(tf.abs(wanted))) + 1e-30
    np.testing.assert_allclose(found / size, wanted / size, **NEAR)


def plain_likelihoods(maps, beta):
    """`p(x|T)` and `log(p(x|T) / p(x))`, `(batch, templates, filters)`."""
    _, height, width, filters = maps.shape
    templates = tf.constant(all_templates(height, width, beta), maps.dtype)
    flat = tf.reshape(maps, (-1, height * width, filters))
    scores = tf.einsum("bpf,tp->btf", flat, templates)
    log_likelihood = tf.nn.log_softmax(scores, axis=0)
    log_evidence = tf.reduce_logsumexp(log_likelihood, axis=1, keepdims=True)
    log_prior = -np.log(len(templates))
    return log_likelihood, log_likelihood - log_evidence - log_prior, templates


def plain_mutual_information(maps, beta):
    """`-sum_T p(T) sum_x p(x|T) log(p(x|T) / p(x))`."""
    log_likelihood, ratio, templates = plain_likelihoods(maps, beta)
    terms = tf.exp(log_likelihood) * ratio
    return -tf.reduce_sum(terms, axis=(0, 1)) / len(templates)


@pytest.mark.parametrize("scale", [0.1, 5.0, 300.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_exact(shape, scale):
    """Loss and gradient are those of the definition, by a tape."""
    maps = tf.cast(maps_of(shape, scale), tf.float64)
    wanted, plain = plain_exact(maps)
    context = FilterContext(4.0, 0.0, 0)
    loss, slope = exact_gradient(maps, context)
    np.testing.assert_allclose(loss, wanted, rtol=1e-9, atol=1e-12)
    near(slope, plain)
    # In float32 both round: what differs is no more than that.
    half = tf.cast(maps, tf.float32)
    _, slope = exact_gradient(half, context)
    rounded = apart(plain_exact(half)[1], plain)
    assert apart(slope, plain) <= 2 * rounded + 1e-5


def plain_exact(maps):
    """The definition, and its gradient by a tape."""
    with tf.GradientTape() as tape:
        tape.watch(maps)
        loss = plain_mutual_information(maps, 4.0)
        total = tf.reduce_sum(loss)
    return loss, tape.gradient(total, maps)


def apart(found, wanted):
    """Largest difference, as a share of the largest entry."""
    away = np.abs(np.asarray(found, np.float64) - wanted).max()
    return away / np.abs(wanted).max()


@pytest.mark.parametrize("shape", SHAPES)
def test_winning_template(shape):
    """A one-hot product of templates in place of what is computed here."""
    maps = maps_of(shape, 30.0)
    batch, height, width, filters = shape
    units = height * width
    positive = tf.constant(
        np.random.default_rng(0).random((batch, filters)) > 0.4
    )
    log_likelihood, ratio, templates = plain_likelihoods(maps, 4.0)
    joint = tf.exp(log_likelihood) * ratio / (units + 1)
    flat = tf.reshape(maps, (-1, units, filters))
    winner = tf.argmax(flat, axis=1, output_type=tf.int32)
    winner = tf.where(positive, winner, units)
    chosen = tf.one_hot(winner, units + 1, axis=1)
    wanted = tf.einsum("btf,tp->bpf", -joint * chosen, templates)
    context = FilterContext(4.0, 0.0, 0, positive=positive)
    _, slope = winning_template_gradient(maps, context)
    near(slope, tf.reshape(wanted, shape))


def plain_equivariance(maps, frames, diversity, reach):
    """Unfaithfulness and overlap as their docstring tells them."""
    _, height, width, filters = maps.shape
    scale = tf.math.rsqrt(tf.reduce_mean(maps**2, axis=(0, 1, 2)))
    flat = tf.reshape(SHARPNESS * scale * maps, (-1, height * width, filters))
    shares = tf.reshape(tf.nn.softmax(flat, axis=1), tf.shape(maps))
    row = tf.einsum("bhwf,h->bf", shares, tf.range(float(height)))
    column = tf.einsum("bhwf,w->bf", shares, tf.range(float(width)))
    peaks = tf.stack([row, column], axis=-1)
    places = tf.einsum("bij,bfj->bfi", frames[..., :2], peaks)
    places = places + frames[:, None, :, 2]
    views = tf.reshape(places, (-1, 2, filters, 2))
    last = [height - 0.5, width - 0.5]
    inside = tf.reduce_all((views > -0.5) & (views < last), axis=(1, 3))
    counted = tf.cast(inside, tf.float32)
    apart = tf.reduce_sum((views[:, 0] - views[:, 1]) ** 2, axis=-1)
    count = tf.maximum(tf.reduce_sum(counted, axis=0), 1.0)
    error = tf.reduce_sum(apart * counted, axis=0) / count
    variance = tf.reduce_sum(tf.math.reduce_variance(places, axis=0), axis=-1)
    moved = error / (2 * variance + STILL * max(height, width) ** 2)
    sides = (reach, reach)
    padded = tf.pad(shares, ((0, 0), sides, sides, (0, 0)))
    wide = tf.nn.avg_pool2d(padded, 2 * reach + 1, 1, "VALID")
    unit = wide / tf.norm(wide, axis=(1, 2), keepdims=True)
    cosines = tf.einsum("bhwf,bhwg->bfg", unit, unit)
    others = (tf.reduce_sum(cosines, axis=-1) - 1) / max(filters - 1, 1)
    return moved + diversity * tf.reduce_mean(others, axis=0)


@pytest.mark.parametrize("reach", [0, 1, 2])
@pytest.mark.parametrize("shape", SHAPES)
def test_equivariant(shape, reach):
    """The gradient by hand is that of a tape."""
    maps = maps_of(shape)
    random = np.random.default_rng(1)
    frames = 0.2 * random.normal(size=(shape[0], 2, 3)) + np.eye(2, 3)
    frames = tf.constant(frames, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        wanted = plain_equivariance(maps, frames, 0.7, reach)
        total = tf.reduce_sum(wanted)
    context = FilterContext(4.0, 0.7, reach, frames=frames)
    loss, slope = equivariance_gradient(maps, context)
    np.testing.assert_allclose(loss, wanted, rtol=1e-3, atol=1e-5)
    near(slope, tape.gradient(total, maps))


@pytest.mark.parametrize("shape", SHAPES)
def test_mask(shape):
    """The mask is the positive part of the template at the peak."""
    maps = maps_of(shape)
    batch, height, width, filters = shape
    tau = 0.5 / (height * width)
    templates = part_templates(height, width, beta=4.0) / tau
    flat = np.reshape(maps, (batch, height * width, filters))
    around = np.maximum(templates[flat.argmax(axis=1)], 0)
    wanted = maps * np.moveaxis(around, 1, -1)
    mask = PartMask(beta=4.0, mask="argmax", silence=0.0)
    np.testing.assert_allclose(mask(maps), wanted, atol=1e-5)
