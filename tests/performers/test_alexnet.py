"""AlexNet: conv5 turns 384 channels into 256, and the explainer follows."""

import numpy as np

from tf_explainer import Explainer
from tf_explainer.performers import PERFORMERS


def test_encoder_has_as_many_filters_as_fc6_expects():
    """D = 256 of 384: the encoder fills relu5's place, fc-dec-1 copies fc6."""
    performer = PERFORMERS.get("alexnet")(3, image_size=100, width=12, units=10)
    target = performer.get_layer("relu4").output.shape[-1]
    replaced = performer.get_layer("relu5").output.shape[-1]
    assert (target, replaced) == (48, 32)
    explainer = Explainer.from_performer(performer, preset="filters")
    encoder = explainer.encoder
    for layer in (encoder.interp_1.conv, encoder.conv_ordin):
        assert layer.kernel.shape == (3, 3, 48, 32)
    assert encoder.interp_2.conv.kernel.shape == (3, 3, 32, 32)
    images = np.random.default_rng(0).uniform(0, 255, (2, 100, 100, 3))
    features = explainer.attachment.features(images.astype("float32"))
    rebuilt = explainer.decoder(encoder.pooled(features["replaced"]))
    np.testing.assert_allclose(rebuilt["relu6"], features["relu6"], rtol=1e-5)
    scores = explainer.attachment.head(rebuilt["relu7"])
    np.testing.assert_allclose(scores, performer(images), rtol=1e-4)
