"""The frozen trunk with a new tail."""

import keras
import numpy as np
import pytest

from tf_explainer.attachment import Cut, FlatGraph, choose_cut
from tf_explainer.errors import InputError
from tf_explainer.performers import PERFORMERS
from tf_explainer.performers.mobilenet_network import TRUNK_LAYER


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


def published(path, **head):
    """Returns a narrow MobileNet after writing a file of it."""
    keras.utils.set_random_seed(0)
    whole = keras.applications.MobileNet(
        input_shape=(64, 64, 3), alpha=0.25, weights=None, **head
    )
    # The downloads are of the old form, which only `save` still writes.
    (whole.save_weights if path.suffixes[:-1] else whole.save)(path)
    return whole


@pytest.mark.parametrize("name", ["x.weights.h5", "x_no_top.h5"])
@pytest.mark.parametrize("head", [{"classes": 1000}, {"include_top": False}])
def test_files_of_any_head_and_width(tmp_path, name, head):
    """As Keras publishes them; the width is that of the file."""
    whole = published(tmp_path / name, **head)
    performer = PERFORMERS.get("mobilenet")(
        3, 64, weights=tmp_path / name, units=8
    )
    for layer in ("conv1", "conv_pw_11"):
        np.testing.assert_array_equal(
            performer.get_layer(layer).kernel, whole.get_layer(layer).kernel
        )


def test_imagenet_is_keras_own_file(tmp_path, monkeypatch):
    """Keras is asked for a file without a head, of the nearest size."""
    path, asked = tmp_path / "x_no_top.h5", []

    def get_file(name, origin, **options):
        asked.append(name)
        return str(path)

    files = keras.src.applications.mobilenet.file_utils
    monkeypatch.setattr(files, "get_file", get_file)
    whole = published(path, include_top=False)
    performer = PERFORMERS.get("mobilenet")(
        3, 96, weights="imagenet", alpha=0.25
    )
    assert asked == ["mobilenet_2_5_128_tf_no_top.h5"]
    np.testing.assert_array_equal(
        performer.get_layer("conv1").kernel, whole.get_layer("conv1").kernel
    )


def test_failed_download_is_told(monkeypatch):
    """Keras' plain `Exception` becomes one line that says what helps."""

    def get_file(name, origin, **options):
        raise Exception(f"URL fetch failure on {name}")

    files = keras.src.applications.mobilenet.file_utils
    monkeypatch.setattr(files, "get_file", get_file)
    with pytest.raises(InputError, match="192_tf_no_top.h5.*--weights FILE"):
        PERFORMERS.get("mobilenet")(3, weights="imagenet")


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


def test_another_head_is_refused_by_all_that_fit(tmp_path):
    """An old file with seven classes: the three heads are named."""
    published(tmp_path / "x.h5", classes=7)
    with pytest.raises(InputError, match="1001 classes.*1000 classes.*no head"):
        PERFORMERS.get("mobilenet")(3, 64, weights=tmp_path / "x.h5")
