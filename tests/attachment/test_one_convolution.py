"""One convolution that does what several layers do."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment import FlatGraph
from tf_explainer.attachment.convolution import one_convolution

layers = keras.layers
RANDOM = np.random.default_rng(0)
MAPS = RANDOM.normal(0, 1, (40, 6, 6, 4)).astype("float32")


def graph_of(*stack):
    """Returns the flat graph of `below`, a stack of layers, and scores."""
    image = keras.Input((6, 6, 4))
    x = layers.Activation("linear", name="below")(image)
    for layer in stack:
        x = layer(x)
    scores = layers.Dense(2)(layers.GlobalMaxPooling2D()(x))
    return FlatGraph.of(keras.Model(image, scores))


def normalization(**options):
    """Returns batch normalization with statistics of its own."""
    layer = layers.BatchNormalization(**options)
    layer.build((None, None, None, 4))
    for weight in layer.weights:
        weight.assign(RANDOM.uniform(0.5, 2.0, weight.shape))
    return layer


def applied(found, maps):
    """Returns the maps of a convolution."""
    kernel, bias = (value.astype("float32") for value in found)
    return tf.nn.conv2d(maps, kernel, 1, "SAME") + bias


def conv(size, **options):
    """Returns a conv-layer with a bias that is not zero."""
    options = {"padding": "same", "bias_initializer": "normal", **options}
    return layers.Conv2D(4, size, **options)


STACKS = {
    "conv": [conv(3)],
    "conv, normalized": [conv(3, use_bias=False), normalization()],
    "normalized without scale and center": [
        conv(3),
        normalization(scale=False, center=False),
    ],
    "in groups": [conv(3, groups=2), normalization()],
    "below first": [normalization(), conv(1), layers.Dropout(0.5)],
    "1 × 1, then depthwise": [
        conv(1),
        layers.DepthwiseConv2D(3, padding="same", bias_initializer="normal"),
    ],
    "depthwise, then 1 × 1": [
        layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2),
        normalization() if False else layers.Dropout(0.1),
        conv(1),
    ],
    "separable": [layers.SeparableConv2D(4, 3, padding="same")],
}


@pytest.mark.parametrize("name", STACKS)
def test_equals_the_layers(name):
    """To rounding; the activation that ends the stack is left out."""
    graph = graph_of(*STACKS[name], layers.ReLU(name="above"))
    expected = MAPS
    for layer in STACKS[name]:
        expected = layer(expected)
    found = one_convolution(graph, "below", "above")
    inside = np.s_[:, 1:-1, 1:-1]  # the map's border sees the bias or not
    received = applied(found, MAPS)
    np.testing.assert_allclose(
        received[inside], expected[inside], rtol=1e-4, atol=1e-5
    )


def test_activation_on_the_way_becomes_the_line_that_fits_best():
    """Channel by channel, as `np.polyfit` fits it; none without maps."""
    conv_layer = conv(1)
    graph = graph_of(layers.ReLU(max_value=1.5), conv_layer)
    above = conv_layer.name
    assert one_convolution(graph, "below", above) is None
    received = applied(one_convolution(graph, "below", above, MAPS), MAPS)
    fitted = np.empty_like(MAPS)
    for channel in range(4):
        x = MAPS[..., channel].ravel()
        line = np.polyfit(x, np.clip(x, 0, 1.5), 1)
        fitted[..., channel] = np.polyval(line, MAPS[..., channel])
    np.testing.assert_allclose(received, conv_layer(fitted), 1e-3, 1e-4)


OTHERS = {
    "stride": [conv(3, strides=2)],
    "no zeros around": [conv(3, padding="valid")],
    "an even kernel": [conv(2)],
    "holes": [conv(3, dilation_rate=2)],
    "two kernels": [conv(3), conv(3)],
    "pooling": [layers.MaxPooling2D(1), conv(3)],
    "activation inside": [conv(1, activation="relu"), conv(3)],
    "nothing": [layers.ReLU()],
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_one_convolution_cannot_do(name):
    """It is left alone, not approximated."""
    graph = graph_of(*OTHERS[name], layers.ReLU(name="above"))
    assert one_convolution(graph, "below", "above", MAPS) is None


def test_a_branch_is_no_convolution():
    """A sum of two tensors; and a layer that is not below."""
    image = keras.Input((6, 6, 4))
    x = conv(3, name="a")(image)
    x = layers.Add(name="sum")([x, conv(3, name="b")(x)])
    scores = layers.Dense(2)(layers.GlobalMaxPooling2D()(x))
    graph = FlatGraph.of(keras.Model(image, scores))
    assert one_convolution(graph, "a", "sum") is None
    assert one_convolution(graph, "sum", "a") is None
