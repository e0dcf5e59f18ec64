"""Centers by arithmetic against the true fields, found by gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment import FlatGraph, ReceptiveField

layers = keras.layers

STACKS = {
    "same, odd kernels": [
        layers.Conv2D(2, 3, padding="same"),
        layers.MaxPooling2D(2),
        layers.Conv2D(2, 5, padding="same"),
    ],
    "same, stride 2": [
        layers.Conv2D(2, 3, strides=2, padding="same"),
        layers.Conv2D(2, 3, strides=2, padding="same"),
    ],
    "valid": [
        layers.Conv2D(2, 5, strides=2),
        layers.AveragePooling2D(3, strides=2),
        layers.Conv2D(2, 3),
    ],
    "padded by hand": [
        layers.ZeroPadding2D(((0, 1), (2, 0))),
        layers.Conv2D(2, 3, strides=2),
        layers.DepthwiseConv2D(3, padding="same"),
    ],
    "dilated": [layers.Conv2D(2, 3, dilation_rate=2, padding="same")],
    "cropped": [layers.Cropping2D(2), layers.Conv2D(2, 3, padding="same")],
    "inside a branch": [
        layers.Conv2D(2, 3, strides=2, padding="same"),
        layers.Add(),
    ],
}


def built(stack, size):
    """Returns a model with positive weights, so that no gradient cancels."""
    image = keras.Input((*size, 3))
    x = image
    for layer in stack:
        layer = layer.__class__.from_config(layer.get_config())
        if isinstance(layer, layers.Add):
            other = layers.Conv2D(2, 3, padding="same", name="branch")(x)
            x = layer([x, other])
        else:
            x = layer(x)
    model = keras.Model(image, layers.Activation("linear", name="top")(x))
    for weight in model.weights:
        weight.assign(np.full(weight.shape, 0.1))
    return model


def true_field(model, image, unit):
    """First and last pixel, by axis, that moves one unit."""
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = tf.reduce_sum(model(image)[0, unit[0], unit[1]])
    touched = np.abs(tape.gradient(value, image)[0]).sum(axis=-1) > 0
    return [
        np.flatnonzero(touched.any(axis=1 - axis))[[0, -1]] for axis in (0, 1)
    ]


@pytest.mark.parametrize("size", [(32, 32), (33, 30)])
@pytest.mark.parametrize("name", STACKS)
def test_matches_the_true_field(name, size):
    """An inner unit's field, whose borders padding does not cut."""
    model = built(STACKS[name], size)
    field = ReceptiveField.of(FlatGraph.of(model), "top")
    # All pixels alike: averages and maxima both pass a gradient on, and the
    # maximum of equal values to the first of them.
    image = tf.constant(
        np.random.default_rng(0).random((1, *size, 3)), tf.float32
    )
    unit = tuple(count // 2 for count in field.units)
    spread = [true_field(model, image + seed, unit) for seed in range(1)]
    for axis in (0, 1):
        first = min(found[axis][0] for found in spread)
        last = max(found[axis][1] for found in spread)
        center = field.start[axis] + field.jump[axis] * unit[axis]
        half = (field.size[axis] - 1) / 2
        if "MaxPooling2D" in str([type(layer) for layer in STACKS[name]]):
            # A maximum hides the pixels that lose.
            assert center - half <= first and last <= center + half
        else:
            assert (first, last) == (center - half, center + half)


def test_to_image_by_hand():
    """Stride 8, first center at pixel 3.5 of 32: fractions of the image."""
    field = ReceptiveField((3.5, 3.5), (8, 8), (8, 8), (32, 32), (4, 4))
    rows, columns = field.to_image(np.array([0, 3]), np.array([1, 2]))
    np.testing.assert_allclose(rows, [4 / 32, 28 / 32])
    np.testing.assert_allclose(columns, [12 / 32, 20 / 32])
    np.testing.assert_allclose(field.centers[3, 1], [28 / 32, 12 / 32])


def test_resized_input():
    """A resizing layer keeps pixel centers in line."""
    image = keras.Input((64, 64, 3))
    x = layers.Resizing(32, 32, name="small")(image)
    field = ReceptiveField.of(FlatGraph.of(keras.Model(image, x)), "small")
    np.testing.assert_allclose(field.centers[0, 0], [0.5 / 32, 0.5 / 32])


def test_channels_taken_one_by_one():
    """`preprocess_input` turns RGB to BGR so; places stay what they are."""
    image = keras.Input((32, 32, 3))
    x = keras.applications.vgg16.preprocess_input(image)
    x = layers.Conv2D(2, 3, strides=2, padding="same", name="top")(x)
    field = ReceptiveField.of(FlatGraph.of(keras.Model(image, x)), "top")
    assert (field.jump, field.start) == ((2, 2), (1, 1))


def test_unknown_movement_is_refused():
    """The layer is named."""
    image = keras.Input((32, 32, 3))
    x = layers.Conv2DTranspose(2, 3, strides=2, name="wider")(image)
    with pytest.raises(ValueError, match="'wider'.*changes the size"):
        ReceptiveField.of(FlatGraph.of(keras.Model(image, x)), "wider")
