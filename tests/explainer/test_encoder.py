"""The encoder: what it puts out with the gate at its ends."""

import keras
import numpy as np
import pytest

from tf_explainer.explainer import Encoder
from tf_explainer.testing import check_layer

POOL = keras.saving.serialize_keras_object(keras.layers.MaxPooling2D())
FEATURE = np.random.default_rng(0).random((3, 4, 4, 5), "float32")
SETTINGS = {
    **{"filters": 6, "categories": 2, "pool": POOL},
    **{"filter_loss": "exact", "peak_score": 0.0, "beta": 4.0},
    **{"diversity": 1.0, "diversity_reach": 0, "mask": "argmax"},
    **{"silence": 0.0, "norm": "energy", "initial_p": 0.5, "p_rate": 1.0},
}
LABELS = np.eye(3, dtype="float32")[:, :2]


def encoder_at(logit):
    """Returns an encoder whose gate stands at `logit`."""
    encoder = Encoder(**SETTINGS)
    encoder(FEATURE)
    encoder.mixer.w_p.assign(logit / encoder.mixer.p_rate)
    encoder.magnitude.assign(np.arange(1, 7))
    return encoder


def test_all_interpretable():
    """p = 1: x_enc is the pooled, normalized interpretable track, scaled."""
    encoder = encoder_at(100.0)
    encoded = encoder(FEATURE)
    interp = encoder.norm_interp(encoded.interp_2)
    expected = encoder.pool(interp) * np.arange(1, 7)
    np.testing.assert_allclose(encoded.output, expected, rtol=1e-6)


def test_all_ordinary():
    """p = 0: x_enc is the pooled, normalized ordinary track, scaled."""
    encoder = encoder_at(-100.0)
    ordin = encoder.norm_ordin(encoder.conv_ordin(FEATURE))
    expected = encoder.pool(ordin) * np.arange(1, 7)
    np.testing.assert_allclose(encoder(FEATURE).output, expected, rtol=1e-6)


def test_maps_are_masked_once_each():
    """conv-interp-2 reads the masked maps of conv-interp-1."""
    encoder = encoder_at(0.0)
    encoded = encoder(FEATURE)
    np.testing.assert_allclose(
        encoded.interp_2, encoder.interp_2(encoded.interp_1), rtol=1e-6
    )
    far = np.asarray(encoded.interp_1) > 0
    assert far.sum(axis=(1, 2)).max() <= 5  # β = 4, L = 4: only the peak
    assert far.sum(axis=(1, 2)).max() >= 1


@pytest.mark.parametrize("mask", ["argmax", "none"])
def test_contract(mask):
    """Config, files, XLA, precision."""
    check_layer(
        Encoder,
        SETTINGS | {"mask": mask},
        FEATURE,
    )
