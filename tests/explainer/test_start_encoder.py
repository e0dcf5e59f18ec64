"""The encoder starts from the performer's own layers."""

import keras
import numpy as np
import pytest

from tf_explainer import Explainer

layers = keras.layers
IMAGES = np.random.default_rng(0).random((16, 12, 12, 3), np.float32)


def performer(*block):
    """Returns a network whose replaced layer `above` ends a block."""
    keras.utils.set_random_seed(0)
    image = keras.Input((12, 12, 3))
    x = layers.Conv2D(8, 3, padding="same", name="conv")(image)
    x = layers.ReLU(name="below")(x)
    for layer in block:
        x = layer(x)
    x = layers.ReLU(name="above")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(image, layers.Dense(3)(x))


def explained(*block):
    """Returns an explainer and the features of the images."""
    explainer = Explainer.from_performer(
        performer(*block), "below", "above", ("mean",), preset="filters"
    )
    return explainer, explainer.attachment.features(IMAGES)


def error_of_ordin(explainer, features):
    """Relative error of conv-ordin as a copy of the replaced layer."""
    received = explainer.encoder.conv_ordin(features["target"])
    wrong = np.square(received - features["replaced"]).sum()
    return wrong / np.square(features["replaced"]).sum()


def norm():
    """Returns batch normalization with statistics of its own."""
    layer = layers.BatchNormalization()
    layer.build((None, None, None, 8))
    random = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(random.uniform(0.5, 1.5, weight.shape))
    return layer


def separable():
    """Returns a depthwise-separable block up to its last convolution."""
    return [
        layers.DepthwiseConv2D(3, padding="same"),
        norm(),
        layers.ReLU(max_value=6.0),
        layers.Conv2D(8, 1),
    ]


@pytest.mark.parametrize("size", [1, 3])
def test_normalized_conv_layer_is_copied(size):
    """With its normalization folded in, also where its kernel is 1 × 1."""
    conv = layers.Conv2D(8, size, padding="same", use_bias=False)
    explainer, features = explained(conv, norm())
    assert error_of_ordin(explainer, features) < 1e-10
    interp = explainer.encoder.interp_1.conv
    np.testing.assert_array_equal(
        interp.kernel, explainer.encoder.conv_ordin.kernel
    )


def test_separable_block_is_copied_from_images():
    """Nearly: its inner activation becomes a line once images are seen."""
    explainer, features = explained(*separable())
    before = error_of_ordin(explainer, features)
    explainer.calibrate(IMAGES)
    assert error_of_ordin(explainer, features) < 0.05 < before


def test_what_was_learned_is_not_copied_over():
    """Calibrated once more, an explainer keeps its weights."""
    explainer, _ = explained(*separable())
    explainer.calibrate(IMAGES)
    learned = 2 * np.asarray(explainer.encoder.conv_ordin.kernel)
    explainer.encoder.conv_ordin.kernel.assign(learned)
    explainer.calibrate(IMAGES)
    np.testing.assert_array_equal(explainer.encoder.conv_ordin.kernel, learned)


def test_copies_nothing_if_told_so():
    """`copy_conv=False`: random, however alike the layers are."""
    conv = layers.Conv2D(8, 3, padding="same", name="top")
    explainer = Explainer.from_performer(
        performer(conv),
        "below",
        "above",
        ("mean",),
        copy_conv=False,
        preset="filters",
    )
    explainer.calibrate(IMAGES)
    ours = np.asarray(explainer.encoder.conv_ordin.kernel)
    assert not np.allclose(ours, conv.kernel)
