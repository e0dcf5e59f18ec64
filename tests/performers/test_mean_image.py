"""MeanImage subtracts what was set."""

import numpy as np

from tf_explainer.performers.network_layers import IMAGENET_MEAN, MeanImage
from tf_explainer.testing import check_layer

IMAGES = np.random.default_rng(0).uniform(0, 255, (2, 4, 3, 3)).astype("f")


def test_starts_with_the_mean_color():
    """The mean color itself becomes black."""
    image = np.broadcast_to(np.float32(IMAGENET_MEAN), (1, 4, 3, 3))
    assert not np.any(MeanImage()(image))


def test_mean_image_of_the_same_size():
    """Pixel by pixel."""
    mean = np.random.default_rng(1).uniform(0, 255, (4, 3, 3)).astype("f")
    layer = MeanImage()
    layer.build(IMAGES.shape)
    layer.set_mean(mean)
    np.testing.assert_array_equal(layer(IMAGES), IMAGES - mean)


def test_mean_image_of_another_size():
    """Its mean color, by hand for two pixels."""
    layer = MeanImage()
    layer.build(IMAGES.shape)
    layer.set_mean(np.array([[[10.0, 20.0, 30.0], [20.0, 20.0, 40.0]]]))
    np.testing.assert_allclose(layer(IMAGES), IMAGES - [15, 20, 35], atol=1e-4)


def test_does_not_learn():
    """It is no trainable weight."""
    layer = MeanImage()
    layer.build(IMAGES.shape)
    assert not layer.trainable_weights and len(layer.weights) == 1


def test_contract():
    """Config, files, XLA, precision."""
    check_layer(MeanImage, {}, IMAGES)
