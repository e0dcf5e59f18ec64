"""The preset `paper` gives the paper's networks the paper's constants."""

import keras
import numpy as np
import pytest

from tf_explainer import Explainer
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.performers import PERFORMERS
from tf_explainer.testing import toy_performer


def tiny(name):
    """Returns a narrow network of the paper."""
    return PERFORMERS.get(name)(3, image_size=96, width=8, units=6)


@pytest.mark.parametrize(
    ("name", "eta"), [("vgg_s", 1e6), ("alexnet", 1e6), ("vgg_16", 1.5e5)]
)
def test_eta_and_calibration(name, eta):
    """Unless one of the two is given; without the preset it has ours."""
    performer, paper = tiny(name), {"preset": "paper"}
    settings = Explainer.from_performer(performer, **paper).settings
    assert (settings.eta, settings.calibration) == (eta, "paper")
    assert (settings.score_weight, settings.norm) == (0, "sum")
    settings = Explainer.from_performer(performer, **paper, eta=0.5).settings
    assert (settings.eta, settings.calibration) == (0.5, "relative")
    settings = Explainer.from_performer(performer).settings
    assert settings == ExplainerSettings()


def test_other_performers_keep_ours():
    """The paper says no number for them: the relative calibration."""
    performer = toy_performer()
    settings = Explainer.from_performer(performer, preset="paper").settings
    assert (settings.calibration, settings.eta) == ("relative", 1.0)


def test_conv_interp_1_starts_as_conv5_of_alexnet():
    """Both groups of it, in one kernel over all channels."""
    performer = tiny("alexnet")
    explainer = Explainer.from_performer(performer, preset="filters")
    images = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 3))
    features = explainer.attachment.features(images.astype("float32"))
    conv = explainer.encoder.interp_1.conv
    np.testing.assert_allclose(
        keras.ops.relu(conv(features["target"])),
        features["replaced"],
        rtol=1e-4,
        atol=1e-4,
    )


@pytest.mark.usefixtures("eagerly")
def test_two_steps_on_a_network_of_the_paper():
    """The loss is finite at the paper's scale, and p can move."""
    explainer = Explainer.from_performer(tiny("vgg_s"), preset="paper")
    explainer.compile(optimizer=keras.optimizers.Adam(1e-3))
    images = np.random.default_rng(0).uniform(0, 255, (8, 96, 96, 3))
    before = explainer.p
    history = explainer.fit(
        images.astype("float32"), epochs=1, batch_size=4, verbose=0
    ).history
    assert np.isfinite(history["loss"]).all()
    assert explainer.p != before
