"""The package's own training of an explainer and of its baselines."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment import adapt_performer
from tf_explainer.config.schedule import Schedule
from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer
from tf_explainer.training import train_explainer
from tf_explainer.training.readings import check_explainer_reading

pytestmark = pytest.mark.usefixtures("module_eagerly")

LABELS = np.array([2, 0, 1, 1, 0, 2, 2, 1], "int32")


def _dataset(labels):
    images = toy_images(8).astype("uint8")
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=labels,
        landmarks=np.zeros((8, 0, 2), "float32"),
        files=tuple("abcdefgh"),
    )
    return types.SimpleNamespace(splits={"train": split})


def _trained(labels, kept=False, **settings):
    explainer = Explainer.from_performer(
        toy_performer(), **settings, preset="filters"
    )
    dataset = _dataset(labels)
    images = dataset.splits["train"].batches(4)
    history = train_explainer(
        explainer,
        dataset,
        batch_size=4,
        schedule=Schedule(epochs=2, learning_epochs=1),
        features=explainer.cached_features(images, views=2) if kept else None,
    )
    return history["loss"]


@pytest.mark.parametrize(
    ("variant", "kept"),
    [
        ("explainer_cls", True),
        pytest.param("explainer", True, marks=pytest.mark.slow),
        pytest.param("explainer_cls", False, marks=pytest.mark.slow),
    ],
)
def test_only_the_baseline_reads_labels(variant, kept):
    """Other labels change what Explainer+cls learns, and nothing else."""
    losses = [
        _trained(labels, kept, variant=variant)
        for labels in (LABELS, LABELS[::-1].copy())
    ]
    assert len(losses[0]) == 2 and np.isfinite(losses).all()
    same = np.allclose(*losses, rtol=1e-6)
    assert same == (variant == "explainer")


def test_ordinary_track_is_dropped_once_the_parts_stand_still():
    """Not before, where it would drive p up."""
    seen = []

    class See(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            mixer = self.model.encoder.mixer
            seen.append((mixer.ordinary_dropout, mixer.trainable))

    train_explainer(
        Explainer.from_performer(toy_performer(), preset="filters"),
        _dataset(LABELS),
        schedule=Schedule(epochs=3, learning_epochs=1, ordinary_dropout=0.25),
        callbacks=[See()],
    )
    assert seen == [(0.0, True), (0.25, False), (0.25, False)]


def test_broken_weights_are_not_kept(tmp_path):
    """An interrupted training goes on from weights that are numbers."""

    class Break(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                self.model.encoder.magnitude.assign_add(
                    np.full(self.model.filters, np.nan)
                )

    with pytest.raises(InputError, match="NaN"):
        train_explainer(
            Explainer.from_performer(toy_performer(), preset="filters"),
            _dataset(LABELS),
            schedule=Schedule(epochs=3, learning_epochs=1),
            backup_dir=tmp_path,
            callbacks=[Break()],
        )
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-00001"]


@pytest.fixture
def misread(gray_cnn, gray_dataset):
    """A perfect CNN whose scores have an order, and images."""

    def make(order=(1, 0), head="softmax"):
        cnn = gray_cnn(order, head)
        x = keras.layers.MaxPooling2D()(cnn.layers[1].output)
        x = keras.layers.Conv2D(3, 1, use_bias=False, name="top")(x)
        for layer in cnn.layers[2:]:
            x = layer(x)
        deeper = keras.Model(cnn.input, x)
        deeper.get_layer("top").set_weights([np.eye(3)[None, None]])
        dataset = gray_dataset(("cat", "background"), images=20)
        return deeper, dataset

    return make


@pytest.mark.parametrize(
    ("head", "order"), [("softmax", (1, 0)), ("sigmoid", (0, 1))]
)
def test_a_performer_read_in_another_order_is_refused(
    misread, head, order, monkeypatch
):
    """With what makes it fit; then it trains, or if one says so."""

    class BeganError(Exception):
        """The training does what comes first."""

    def begin(*args, **kwargs):
        raise BeganError

    monkeypatch.setattr(Explainer, "cached_features", begin)
    performer, dataset = misread(order, head=head)
    explainer = Explainer.from_performer(
        performer, negative_category=1, preset="filters"
    )
    named = "cat", "background"
    classes = named if head == "sigmoid" else named[::-1]
    with pytest.raises(InputError) as error:
        train_explainer(explainer, dataset)
    line = str(error.value)
    assert f"100.0 % with classes={classes}, scale='none'" in line
    assert "negative_category=1" in line and "right on 0.0 %" in line
    with pytest.raises(BeganError):
        train_explainer(explainer, dataset, compare=False)
    adapted = adapt_performer(performer, dataset, classes)
    explainer = Explainer.from_performer(
        adapted, negative_category=1, preset="filters"
    )
    with pytest.raises(BeganError):
        train_explainer(explainer, dataset)


def test_a_performer_that_guesses_is_warned_of(misread):
    """As on the terminal."""
    performer, dataset = misread()
    performer.layers[-1].set_weights([np.zeros((3, 2)), np.zeros(2)])
    explainer = Explainer.from_performer(performer, preset="filters")
    with pytest.warns(UserWarning, match=r"50.0 % of 40 .* little to explain"):
        check_explainer_reading(explainer, dataset)
