"""The frozen trunk with a new tail."""

import keras
import numpy as np
import pytest

from tf_explainer.performers import PERFORMERS, Cut, FlatGraph, choose_cut
from tf_explainer.performers.mobilenet import TRUNK_LAYER


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file as `keras.applications` writes it, with random weights."""
    keras.utils.set_random_seed(0)
    whole = keras.applications.MobileNet(
        input_shape=(64, 64, 3), alpha=0.75, weights=None, classes=1001
    )
    path = tmp_path_factory.mktemp("weights") / "whole.weights.h5"
    whole.save_weights(path)
    return whole, path


def test_trunk_is_the_file_s_and_frozen(weights):
    """The target feature is MobileNet's own; only the tail can learn."""
    whole, path = weights
    performer = PERFORMERS.get("mobilenet")(3, 64, weights=path, units=8)
    images = np.random.default_rng(0).uniform(0, 255, (2, 64, 64, 3))
    trunk = keras.Model(whole.input, whole.get_layer(TRUNK_LAYER).output)
    own = keras.Model(performer.input, performer.get_layer(TRUNK_LAYER).output)
    np.testing.assert_allclose(
        own(images), trunk(images / 127.5 - 1), rtol=1e-4, atol=1e-4
    )
    names = {
        weight.path.split("/")[0] for weight in performer.trainable_weights
    }
    assert names == {"conv5", "fc6", "fc7", "fc8"}


def test_cut_is_found(weights):
    """The trunk's last map is explained."""
    performer = PERFORMERS.get("mobilenet")(3, 64, units=8)
    cut = choose_cut(FlatGraph.of(performer)).cut
    assert cut == Cut(TRUNK_LAYER, "relu5", ("fc6", "fc7"))


def test_wrong_file_is_refused(tmp_path):
    """It is named, and what is wrong with it."""
    path = tmp_path / "x.weights.h5"
    with pytest.raises(ValueError, match="must be a file"):
        PERFORMERS.get("mobilenet")(3, 64, weights=path)
    path.write_bytes(b"not HDF5")
    with pytest.raises(ValueError, match=r"x\.weights\.h5.*does not hold"):
        PERFORMERS.get("mobilenet")(3, 64, weights=path)
