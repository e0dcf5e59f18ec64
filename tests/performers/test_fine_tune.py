"""A published network learns the categories of a data set."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.errors import InputError
from tf_explainer.training.fine_tuning import PATIENCE, fine_tune

SIZE = 67


def colored(categories, count=40):
    """Returns a data set of reddish, greenish and bluish images."""
    random = np.random.default_rng(0)
    labels = (np.arange(count) % len(categories)).astype("int32")
    images = random.integers(0, 100, (count, SIZE, SIZE, 3)).astype("uint8")
    images[np.arange(count), :, :, labels] += 150
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=labels,
        landmarks=np.zeros((count, 0, 2), "float32"),
        files=tuple(map(str, range(count))),
    )
    return images, types.SimpleNamespace(
        categories=categories, splits={"train": split}
    )


@pytest.fixture
def weights(matconvnet, tmp_path):
    """A MatConvNet file of a tiny VGG-S for 67-pixel images."""
    net = matconvnet.network("vgg_s")
    for layer in net["layers"]:
        if layer["name"] == "fc6":
            # The map below it has one unit.
            layer["weights"][0] = layer["weights"][0][:1, :1]
    matconvnet.save_v5(tmp_path / "net.mat", net)
    return tmp_path / "net.mat"


@pytest.fixture
def tiny(weights, matconvnet):
    """Arguments of a short training."""
    return {
        "backbone": "vgg_s",
        "weights": weights,
        "batch_size": 8,
        **matconvnet.tiny["vgg_s"],
    }


@pytest.mark.parametrize(
    "categories", [("red", "background"), ("red", "green", "blue")]
)
def test_learns(categories, tmp_path):
    """Single and multi: better than chance; a model complete in itself."""
    images, data = colored(categories)
    performer, history = fine_tune(
        data,
        "vgg_s",
        epochs=6,
        batch_size=8,
        learning_rates=(3e-4, 1e-4),
        width=8,
        units=32,
        dropout=0.0,
    )
    assert set(history) >= {"loss", "accuracy", "val_loss", "val_accuracy"}
    labels = data.splits["train"].labels
    scores = np.asarray(performer(images.astype("float32")))
    assert scores.shape == (40, len(categories))
    assert (scores.argmax(1) == labels).mean() > 0.8
    performer.save(tmp_path / "p.keras")
    again = keras.saving.load_model(tmp_path / "p.keras")
    np.testing.assert_allclose(again(images.astype("float32")), scores, 1e-5)
    assert again.get_layer("prob").class_names == list(categories)
    assert getattr(again, "optimizer", None) is None


def test_starts_from_the_file_with_a_new_fc8(tiny, matconvnet):
    """All layers learn a little; fc8 is new even for as many classes."""
    names = tuple("abcdefg")
    _, data = colored(("red", "green", "blue"))
    data.categories = names
    rates = {**tiny, "learning_rates": (1e-5, 1e-5)}
    performer, _ = fine_tune(data, epochs=1, **rates)
    net = matconvnet.network("vgg_s")
    kernel = net["layers"][0]["weights"][0]
    moved = np.asarray(performer.get_layer("conv1").kernel) - kernel
    assert 0 < np.abs(moved).max() < 0.1 * np.abs(kernel).max()
    mean = np.asarray(performer.get_layer("mean_image").mean)
    image = net["meta"]["normalization"]["averageImage"]
    np.testing.assert_allclose(mean[0, 0], image.mean((0, 1)), rtol=1e-5)
    assert np.abs(performer.get_layer("fc8").kernel).max() < 0.06
    assert performer.get_layer("prob").class_names == list(names)


def test_stops_early_and_keeps_the_best(tiny):
    """A loss that only rises: the first epoch is the best one."""
    _, data = colored(("red", "background"))
    first = []

    def rise(epoch, logs):
        first.append(callback.model.get_weights())
        logs.update(val_loss=1.0 + epoch)

    callback = keras.callbacks.LambdaCallback(on_epoch_end=rise)
    performer, history = fine_tune(
        data, epochs=20, callbacks=[callback], **tiny
    )
    assert len(history["val_loss"]) == PATIENCE + 1
    for value, expected in zip(performer.weights, first[0], strict=True):
        np.testing.assert_array_equal(value, expected)


class Stop(keras.callbacks.Callback):
    """Ctrl-C in the third epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise KeyboardInterrupt


def test_goes_on_after_an_interruption(tiny, tmp_path):
    """The epochs done are not repeated, the best weights not lost."""
    _, data = colored(("red", "background"))
    folder = {"backup_dir": tmp_path / "backup"}
    with pytest.raises(KeyboardInterrupt):
        fine_tune(data, epochs=3, callbacks=[Stop()], **folder, **tiny)
    epochs = []
    note = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: epochs.append(epoch)
    )
    _, history = fine_tune(data, epochs=3, callbacks=[note], **folder, **tiny)
    assert epochs == [2] and len(history["val_loss"]) == 3


@pytest.mark.slow
def test_weights_that_cannot_learn_are_told(tiny):
    """Not a performer that gives NaN."""
    _, data = colored(("red", "background"))
    rates = {**tiny, "learning_rates": (1e30, 1e30)}
    with pytest.raises(InputError, match="`--backbone` vgg_s does not learn"):
        fine_tune(data, epochs=2, **rates)
