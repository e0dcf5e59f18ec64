"""The package's own training of an explainer and of its baselines."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer
from tf_explainer.training import Schedule, train_explainer

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
    explainer = Explainer.from_performer(toy_performer(), **settings)
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
    [("explainer", True), ("explainer_cls", False), ("explainer_cls", True)],
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
        Explainer.from_performer(toy_performer()),
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
            Explainer.from_performer(toy_performer()),
            _dataset(LABELS),
            schedule=Schedule(epochs=3, learning_epochs=1),
            backup_dir=tmp_path,
            callbacks=[Break()],
        )
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-00001"]
