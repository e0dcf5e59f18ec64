"""The values that a CNN was trained on."""

import keras
import numpy as np
import pytest

from tf_explainer.attachment import ScaledImage
from tf_explainer.attachment.adapting import SCALES
from tf_explainer.config.performer import PerformerOptions
from tf_explainer.testing import check_layer

IMAGES = np.random.default_rng(0).uniform(0, 255, (2, 4, 4, 3))
IMAGES = IMAGES.astype("float32")


@pytest.mark.parametrize("scale", ["tf", "torch", "caffe"])
def test_modes_of_keras(scale):
    """As `keras.applications` makes them."""
    expected = keras.applications.imagenet_utils.preprocess_input(
        IMAGES.copy(), data_format="channels_last", mode=scale
    )
    np.testing.assert_allclose(
        ScaledImage(scale)(IMAGES), expected, rtol=1e-5, atol=1e-5
    )


def test_unit_and_none():
    """0-1, and 0-255 as it comes."""
    np.testing.assert_allclose(ScaledImage("unit")(IMAGES), IMAGES / 255)
    np.testing.assert_array_equal(ScaledImage()(IMAGES), IMAGES)


@pytest.mark.parametrize("scale", list(SCALES))
def test_contract(scale):
    """As of every layer."""
    check_layer(ScaledImage, {"scale": scale}, IMAGES / 255)


def test_option_has_every_scale():
    """It is written out there, since `--help` imports no TensorFlow."""
    field = PerformerOptions.__dataclass_fields__["scale"]
    assert field.metadata["choices"] == tuple(SCALES)
