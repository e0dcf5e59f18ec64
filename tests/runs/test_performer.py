"""The performer step: which training a backbone gets, and what it leaves."""

import keras
import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.performers import PERFORMERS
from tf_explainer.performers.paper_networks import vgg_s
from tf_explainer.performers.performer_registry import performer_image_size
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.running import run


def opened(*arguments, **options):
    """Returns what an open folder holds; it is closed again."""
    with open_folder(*arguments, **options) as found:
        return found


@pytest.mark.slow
def test_published_network_is_fine_tuned(gray_folder, tmp_path, monkeypatch):
    """At its own image size, from its file; class names are saved."""
    received = []

    def tiny(classes, image_size=64, weights=None):
        received.append((classes, image_size, weights))
        return vgg_s(classes, image_size, width=4, units=4)

    PERFORMERS.names()
    monkeypatch.setitem(PERFORMERS._entries, "vgg_s", tiny)
    weights = tmp_path / "vgg-s.mat"
    options = {
        "data": str(gray_folder),
        "backbone": "vgg_s",
        "weights": weights,
    }
    options |= {"performer_epochs": 1, "batch_size": 4}
    out, settings = opened(tmp_path / "out", ["performer"], options)
    run(settings, out, ["performer"])
    assert received == [(2, 64, weights)]
    performer = keras.saving.load_model(out.performer)
    assert performer.name == "vgg_s"
    names = performer.get_layer("prob").class_names
    assert names == ["cat", "background"]
    history = out.record("performer")["history"]
    assert set(history) >= {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_one_sigmoid_of_the_object(gray_folder, gray_cnn, tmp_path):
    """It is kept with a score for the background, too."""
    mine = gray_cnn((1, 0), "sigmoid", size=16)
    mine.save(tmp_path / "mine.keras")
    options = {"data": str(gray_folder), "performer": tmp_path / "mine.keras"}
    out, settings = opened(tmp_path / "out", ["performer"], options)
    run(settings, out, ["performer"])
    images = np.random.default_rng(0).uniform(0, 255, (3, 16, 16, 3))
    np.testing.assert_allclose(
        keras.saving.load_model(out.performer)(images)[:, :1],
        mine(images),
        rtol=1e-5,
    )


@pytest.mark.slow
def test_weights_of_no_network_are_told(gray_folder, tmp_path):
    """By name, before any training, with nothing left behind."""
    weights = tmp_path / "vgg-s.mat"
    weights.write_bytes(b"nothing")
    options = {
        "data": str(gray_folder),
        "backbone": "alexnet",
        "weights": weights,
    }
    out, settings = opened(tmp_path / "out", ["performer"], options)
    with pytest.raises(InputError, match=r"vgg-s\.mat, which holds no network"):
        run(settings, out, ["performer"])
    assert not out.is_done("performer") and not out.performer.exists()


def test_image_sizes():
    """Each performer's own; 227 for AlexNet and 224 for the VGGs."""
    sizes = {name: performer_image_size(name) for name in PERFORMERS.names()}
    assert sizes == sizes | {
        "alexnet": 227,
        "vgg_m": 224,
        "vgg_s": 224,
        "vgg_16": 224,
        "small_cnn": 96,
        "mobilenet": 192,
    }
