"""Calibration: magnitudes by their definition, and of channels at rest."""

import numpy as np
import pytest

from tf_explainer.explainer import Explainer
from tf_explainer.explainer.calibration import LEAST_ENCODED


def _energies(maps):
    return np.square(np.asarray(maps, "float64")).sum(axis=(1, 2)).mean(axis=0)


def _found(explainer, images):
    """Energies of the performer's channels, and of the encoder's before."""
    features = explainer.attachment.features(images, training=False)
    encoder = explainer.encoder
    encoded = explainer.encode(features).output / encoder.magnitude
    return _energies(encoder.pooled(features["replaced"])), _energies(encoded)


@pytest.mark.parametrize("preset", ["default", "filters", "paper"])
def test_channels_get_the_performers_magnitude(performer, images, preset):
    """After calibration each channel has the performer's energy."""
    explainer = Explainer.from_performer(performer, preset=preset)
    explainer.calibrate(images)
    explainer.encoder.magnitude.assign(
        np.maximum(explainer.encoder.magnitude, 1e-6)
    )
    own, encoded = _found(explainer, images)
    least = LEAST_ENCODED * encoded.mean()
    expected = np.sqrt(own / np.maximum(encoded, least))
    np.testing.assert_allclose(
        explainer.encoder.magnitude,
        np.maximum(expected, 1e-6),
        rtol=1e-3,
        atol=1e-6,
    )


def test_a_channel_at_rest_is_not_blown_up(performer, images):
    """One that hardly fires; it would drown all others once it wakes."""
    explainer = Explainer.from_performer(performer)
    explainer.calibrate(images)
    encoder = explainer.encoder
    usual = np.array(encoder.magnitude)
    for conv in (encoder.conv_interp, encoder.conv_ordin):
        kernel, bias = np.array(conv.kernel), np.array(conv.bias)
        kernel[..., 0] *= 1e-5
        bias[0] = 0
        conv.kernel.assign(kernel)
        conv.bias.assign(bias)
    explainer.calibrate(images)
    own, encoded = _found(explainer, images)
    assert encoded[0] < 1e-3 * encoded.mean()
    most = np.sqrt(own[0] / (LEAST_ENCODED * encoded.mean()))
    assert encoder.magnitude[0] <= 1.01 * most
    np.testing.assert_allclose(encoder.magnitude[1:], usual[1:], rtol=0.1)
