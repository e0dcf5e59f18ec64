"""`fit` follows the schedule of `tf-explainer run`."""

import keras
import numpy as np
import pytest

from tf_explainer import Explainer
from tf_explainer.cli.app import main
from tf_explainer.datasets import open_dataset
from tf_explainer.testing import toy_images, toy_performer
from tf_explainer.training import train_explainer


def _same(one, other):
    for left, right in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(left, right, err_msg=left.path)


@pytest.mark.slow
@pytest.mark.usefixtures("eagerly")
def test_fit_gives_what_the_packages_own_training_gives():
    """Both phases, with the same seed."""
    performer, images = toy_performer(), toy_images(8)

    def new():
        keras.utils.set_random_seed(5)
        return Explainer.from_performer(performer)

    own = new()
    train_explainer(own, images, epochs=4, batch_size=4, seed=5)
    fitted = new()
    keras.utils.set_random_seed(5)
    fitted.fit(images, epochs=4, batch_size=4, seed=5, verbose=0)
    _same(own, fitted)


@pytest.mark.slow
def test_fit_gives_what_a_run_gives(tmp_path):
    """From the performer's file, on the same images."""
    options = ["--data", "drawn_animals", "--categories", "cat,cow"]
    options += ["--data-option", "train=48", "--data-option", "test=12"]
    options += ["--image-size", "48", "--performer-epochs", "1"]
    out = tmp_path / "run"
    steps = [["performer"], ["explain", "--epochs", "3"]]
    for step, *more in steps:
        taken = options if step == "performer" else []
        assert main([step, *taken, *more, "--out", str(out)]) == 0
    data = open_dataset(
        "drawn_animals",
        categories=["cat", "cow"],
        image_size=48,
        train=48,
        test=12,
    )
    keras.utils.set_random_seed(0)
    explainer = Explainer.from_performer(
        keras.saving.load_model(out / "performer.keras")
    )
    keras.utils.set_random_seed(0)
    images = data.splits["train"].batches(32)
    explainer.fit(images, epochs=3, seed=0, verbose=0)
    _same(keras.saving.load_model(out / "explainer.keras"), explainer)
