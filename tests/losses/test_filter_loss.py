"""FilterLoss: what its backward pass adds, and to whom."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.losses import FILTER_LOSSES, FilterLoss
from tf_explainer.losses.filter_losses import FilterContext
from tf_explainer.losses.mutual_information import exact_gradient
from tf_explainer.testing import check_filter_loss, check_layer

NUMBERS = {"beta": 4.0, "diversity": 1.0, "diversity_reach": 0}
SETTINGS = NUMBERS | {"filter_loss": "exact", "peak_score": 0}
CONTEXT = FilterContext(**NUMBERS)


def loss_layer(**settings):
    """Returns a layer of these settings but for those given."""
    return FilterLoss(**SETTINGS | settings)


def maps_of(shape=(4, 3, 3, 2), seed=0, scale=20.0):
    """Maps after a ReLU."""
    maps = np.random.default_rng(seed).normal(size=shape)
    return tf.constant(scale * np.maximum(maps, 0), tf.float32)


@pytest.mark.parametrize("name", FILTER_LOSSES.names())
def test_contract_of_every_loss(name):
    """Identity, scale, dead filters, direction; also for those added later."""
    check_filter_loss(name)


@pytest.mark.parametrize("peak_score", [0, 0.5])
def test_layer_contract(peak_score):
    """Config, files, XLA, precision."""
    check_layer(
        FilterLoss,
        SETTINGS | {"peak_score": peak_score, "initial_weight": 0.1},
        np.asarray(maps_of()),
    )


def test_backward_adds_weighted_gradient():
    """dx = dy + λ_f ∂Loss_f/∂x, each filter with its own λ."""
    maps, upstream = maps_of(), maps_of(seed=1)
    layer = loss_layer()
    layer(maps)
    layer.lambda_f.assign([0.5, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(maps)
        total = tf.reduce_sum(upstream * layer(maps))
    _, filter_gradient = exact_gradient(maps, CONTEXT)
    np.testing.assert_allclose(
        tape.gradient(total, maps),
        upstream + [0.5, 2.0] * filter_gradient,
        rtol=1e-5,
        atol=1e-6,
    )


@pytest.mark.parametrize("peak_score", [0, 0.5, 20.0])
def test_gradient_of_a_mixed_map(peak_score):
    """On gain · x + offset: automatic differentiation says the same.

    Also through the scale that `peak_score` sets, which hangs on all images.
    """
    maps, ordin = maps_of(), maps_of(seed=2)
    layer = loss_layer(peak_score=peak_score, initial_weight=3.0)
    layer(maps)
    with tf.GradientTape(persistent=True) as tape:
        gain, offset = tf.constant([0.3, 0.6]), 0.4 * ordin
        tape.watch([maps, gain, offset])
        silent = 0.0 * tf.reduce_sum(layer(maps, gain=gain, offset=offset))
        loss = 3.0 * tf.reduce_sum(layer.value(gain * maps + offset))
    for source in (maps, gain, offset):
        np.testing.assert_allclose(
            tape.gradient(silent, source),
            tape.gradient(loss, source),
            rtol=1e-4,
            atol=1e-6,
        )


def test_probe_carries_the_norms():
    """E‖dy‖, E‖∂Loss_f/∂x_f‖ and the loss leave as the probe's gradient."""
    maps, upstream = maps_of(), maps_of(seed=1)
    gain = tf.constant([0.3, 0.6])
    layer, probe = loss_layer(), tf.zeros((3, 2))
    with tf.GradientTape() as tape:
        tape.watch(probe)
        total = tf.reduce_sum(upstream * layer(maps, gain=gain, probe=probe))
    received = tape.gradient(total, probe)
    loss, slope = exact_gradient(gain * maps, CONTEXT)

    def mean_norm(values):
        squares = np.square(values).sum(axis=(1, 2))
        return np.sqrt(squares).mean(axis=0)

    np.testing.assert_allclose(received[0], mean_norm(upstream), rtol=1e-5)
    np.testing.assert_allclose(received[1], mean_norm(gain * slope), rtol=1e-4)
    np.testing.assert_allclose(received[2], loss, rtol=1e-5)


def test_peak_score_makes_the_scale_of_the_maps_irrelevant():
    """Maps a hundred times as large: the same loss, a hundredth gradient."""
    layer = loss_layer(peak_score=1.0)
    small, large = maps_of(), 100 * maps_of()
    np.testing.assert_allclose(
        layer.value(small), layer.value(large), rtol=1e-4
    )


def test_peak_score_leaves_no_gradient_along_the_scale():
    """`<dLoss_f/dx, x> = 0` for every filter: growing louder gains nothing."""
    maps = maps_of()
    layer = loss_layer(peak_score=1.0, initial_weight=1.0)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        silent = 0.0 * tf.reduce_sum(layer(maps))
    slope = tape.gradient(silent, maps)
    along = np.sum(slope * maps, axis=(0, 1, 2))
    size = np.linalg.norm(np.reshape(slope, (-1, 2)), axis=0)
    assert (size > 0).all()
    length = np.linalg.norm(np.reshape(maps, (-1, 2)), axis=0)
    np.testing.assert_allclose(along / (size * length), 0, atol=1e-4)


def test_update_weight_by_hand():
    """λ_f = weight · E‖∂rec‖ / E‖∂Loss_f‖, and 0 where nothing is to learn."""
    layer = loss_layer()
    layer.build((None, 3, 3, 2))
    layer.record(tf.constant([[6.0, 6.0], [2.0, 0.0], [0.0, 0.0]]))
    layer.update_weight(1 / 300)
    np.testing.assert_allclose(layer.lambda_f, [0.01, 0.0], rtol=1e-6)


def test_norms_are_running_means():
    """The first batch replaces, later ones move by a tenth."""
    layer = loss_layer()
    layer.build((None, 3, 3, 1))
    layer.record(tf.constant([[1.0], [2.0], [0.0]]))
    layer.record(tf.constant([[11.0], [2.0], [0.0]]))
    np.testing.assert_allclose(layer.norms, [[2.0], [2.0]], rtol=1e-6)


@pytest.mark.parametrize(
    "name,value",
    [("beta", 0.0), ("peak_score", -1.0), ("initial_weight", -1.0)],
)
def test_rejects(name, value):
    """The message names the argument and the value received."""
    with pytest.raises(ValueError, match=f"`{name}`.*received {value}"):
        loss_layer(**{name: value})


def test_rejects_an_unknown_loss():
    """A misspelt name brings the near one."""
    with pytest.raises(ValueError, match="'exakt'.*Did you mean 'exact'"):
        loss_layer(filter_loss="exakt")


def test_norms_leave_out_what_overflowed():
    """A batch that the optimizer skips changes no norm."""
    layer = loss_layer()
    layer.build((None, 3, 3, 1))
    layer.record(tf.constant([[1.0], [2.0], [0.0]]))
    layer.record(tf.constant([[np.inf], [2.0], [0.0]]))
    np.testing.assert_allclose(layer.norms, [[1.0], [2.0]], rtol=1e-6)
