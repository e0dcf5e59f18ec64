"""ChannelNorm: α by its definition, and the layer saves."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.layers import ChannelNorm
from tf_explainer.testing import check_layer


@pytest.mark.parametrize(
    "norm,expected",
    [("sum", (1 + 3 + 2) / 2), ("energy", ((1 + 9 + 4) / 2) ** 0.5)],
)
def test_alpha_by_hand(norm, expected):
    """Two images of 1 × 2 units, one unit of them negative."""
    images = np.array([[[[1.0], [3.0]]], [[[2.0], [-9.0]]]], "float32")
    layer = ChannelNorm(norm)
    layer(images, training=True)
    layer.commit_alpha()
    np.testing.assert_allclose(layer.alpha, [expected], rtol=1e-6)
    np.testing.assert_allclose(layer.inverse_sum, [1 / 3], rtol=1e-6)


def test_alpha_of_positive_images_only():
    """An image of weight 0 does not count."""
    images = np.array([[[[4.0]]], [[[100.0]]]], "float32")
    layer = ChannelNorm("energy")
    layer(images, training=True, sample_weight=np.array([1.0, 0.0]))
    layer.commit_alpha()
    np.testing.assert_allclose(layer.alpha, [4.0])


def test_momentum_by_hand():
    """α moves from 1 to 0.75 · 1 + 0.25 · 9 and forgets what it saw."""
    layer = ChannelNorm("energy")
    layer(np.full((2, 1, 1, 1), 9.0, "float32"), training=True)
    layer.commit_alpha(momentum=0.75)
    np.testing.assert_allclose(layer.alpha, [3.0])
    layer.commit_alpha(momentum=0.75)
    np.testing.assert_allclose(layer.alpha, [3.0])


@pytest.mark.parametrize("norm,power", [("sum", 1), ("energy", 2)])
def test_output_has_unit_mean_magnitude(norm, power):
    """After the commit every channel has magnitude 1 on average."""
    images = np.random.default_rng(0).random((8, 5, 5, 3), "float32")
    layer = ChannelNorm(norm)
    layer(images, training=True)
    layer.commit_alpha()
    output = np.asarray(layer(images)) ** power
    mean = output.sum(axis=(1, 2)).mean(axis=0)
    np.testing.assert_allclose(mean, np.ones(3), rtol=1e-5)


def test_silent_channel_stays_at_zero():
    """A channel that never fires is not divided by zero."""
    images = np.zeros((2, 3, 3, 1), "float32")
    layer = ChannelNorm("energy")
    layer(images, training=True)
    layer.commit_alpha()
    assert not np.asarray(layer(images)).any()


def test_contract():
    """Config, files, XLA, precision."""
    maps = np.random.default_rng(0).random((2, 4, 3, 2), "float32")
    check_layer(ChannelNorm, {"norm": "energy", "scale_free": True}, maps)
    check_layer(
        ChannelNorm,
        {"norm": "sum", "epsilon": 0.25, "floor": 0.5},
        maps,
    )


@pytest.mark.parametrize("epsilon", [0.0, -1.0])
def test_rejects_epsilon(epsilon):
    """The message names the argument and the value received."""
    with pytest.raises(ValueError, match=f"epsilon.*received {epsilon}"):
        ChannelNorm("energy", epsilon=epsilon)


def test_rare_channel_is_not_blown_up():
    """Its `alpha` counts as a share of the mean one; the others keep theirs."""
    layer = ChannelNorm("energy", floor=0.1)
    maps = np.ones((1, 2, 2, 3), "float32")
    layer(maps)
    layer.alpha.assign([10.0, 20.0, 0.01])
    expected = [1 / 10, 1 / 20, 1 / (0.1 * 30.01 / 3)]
    np.testing.assert_allclose(
        np.asarray(layer(maps))[0, 0, 0], expected, rtol=1e-6
    )


def test_rejects_floor():
    """A clear message with the value."""
    with pytest.raises(ValueError, match="`floor`.*received -0.5"):
        ChannelNorm("energy", floor=-0.5)


def test_rejects_unknown_magnitude():
    """The message names both kinds."""
    with pytest.raises(ValueError, match="energy.*sum.*received 'mean'"):
        ChannelNorm("mean")


@pytest.mark.parametrize("norm", ["energy", "sum"])
def test_gradient_has_no_part_along_the_inputs(norm):
    """A channel gains nothing by getting louder; else all stays the same."""
    generator = np.random.default_rng(0)
    maps = tf.constant(generator.random((4, 3, 3, 2)), tf.float32)
    upstream = tf.constant(generator.normal(size=maps.shape), tf.float32)
    layer = ChannelNorm(norm, scale_free=True)
    layer.build(maps.shape)
    layer.alpha.assign([2.0, 4.0])

    def gradient(training):
        with tf.GradientTape() as tape:
            tape.watch(maps)
            output = layer(maps, training=training)
        np.testing.assert_allclose(output, maps / np.float32([2, 4]), rtol=1e-6)
        return tape.gradient(output, maps, upstream).numpy()

    free, plain = gradient(True), gradient(False)
    along = np.sum(free * maps, axis=(0, 1, 2))
    np.testing.assert_allclose(along, 0, atol=1e-4)
    # What is taken away is the gradient of the channel's own magnitude.
    slope = maps.numpy() if norm == "energy" else np.ones(maps.shape)
    taken = (plain - free) / slope
    np.testing.assert_allclose(
        taken, np.broadcast_to(taken[:1, :1, :1], taken.shape), rtol=2e-3
    )
    np.testing.assert_allclose(plain, upstream / np.float32([2, 4]), rtol=1e-6)


def test_dead_channels_in_half_precision():
    """`1 / alpha` of a channel that never fires is no float16."""
    layer = ChannelNorm("energy", floor=0.0, dtype="mixed_float16")
    maps = np.random.default_rng(0).uniform(0, 1, (2, 4, 4, 3))
    maps[..., 1] = 0
    layer(maps, training=True)
    layer.commit_alpha()
    normed = np.asarray(layer(maps))
    assert normed.dtype == "float16" and np.isfinite(normed).all()
    assert not normed[..., 1].any() and normed[..., 0].any()


@pytest.mark.parametrize("norm", ["energy", "sum"])
def test_gradient_by_hand_is_the_tape_s(norm):
    """That of `x stop(s) / s`, `s` the magnitude, to rounding."""
    generator = np.random.default_rng(1)
    maps = tf.nn.relu(tf.constant(generator.normal(size=(5, 4, 3, 6))))
    upstream = tf.constant(generator.normal(size=maps.shape))
    layer = ChannelNorm(norm, scale_free=True, dtype="float64")

    def plain(maps):
        power = 1 if norm == "sum" else 2
        seen = tf.reduce_sum(tf.nn.relu(maps) ** power, axis=(1, 2))
        seen = tf.reduce_mean(seen, axis=0) ** (1 / power)
        return maps * tf.stop_gradient(seen) / seen

    def gradient(function):
        with tf.GradientTape() as tape:
            tape.watch(maps)
            output = function(maps)
        return tape.gradient(output, maps, upstream)

    np.testing.assert_allclose(
        gradient(lambda maps: layer(maps, training=True)),
        gradient(plain),
        rtol=1e-5,
        atol=1e-6,
    )
