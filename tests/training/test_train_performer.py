"""Performers learn, from images and from a trunk's kept features."""

import sys
import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.features.cache import cached_if_small
from tf_explainer.performers.mobilenet_network import TRUNK_LAYER
from tf_explainer.training.performers import train_performer


def two_colors(count=40, size=64):
    """Returns a data set of reddish and bluish images."""
    random = np.random.default_rng(0)
    labels = np.arange(count) % 2
    images = random.integers(0, 120, (count, size, size, 3)).astype("uint8")
    images[np.arange(count), :, :, 2 * labels] += 120
    data = tf.data.Dataset.from_tensor_slices(images)

    class Split:
        def __len__(self):
            return count

        def batches(self, batch_size):
            return data.batch(batch_size).map(
                lambda batch: tf.cast(batch, tf.float32)
            )

    split = Split()
    split.images, split.labels = data, labels
    return images, types.SimpleNamespace(
        categories=("red", "blue"), splits={"train": split}
    )


@pytest.mark.parametrize(
    "build",
    [{"width": 4, "units": 8}, {"backbone": "mobilenet", "units": 8}],
    ids=["small_cnn", "mobilenet"],
)
def test_learns(build):
    """Better than chance on its own images, a history by epoch."""
    images, data = two_colors()
    performer, history = train_performer(data, epochs=6, batch_size=8, **build)
    assert len(history["loss"]) == 6
    assert history["loss"][-1] < history["loss"][0]
    assert isinstance(performer, keras.Model)
    assert performer(images[:2].astype("float32")).shape == (2, 2)
    if "backbone" in build:
        assert not performer.get_layer(TRUNK_LAYER[:-5]).trainable


@pytest.mark.slow
def test_images_are_held_as_they_are_read(monkeypatch):
    """uint8 is shuffled; what does not fit into memory is read again."""
    _, data = two_colors(8)
    split, held, read = data.splits["train"], [], []
    split.images = split.images.map(
        lambda image: tf.numpy_function(
            lambda x: read.append(1) or x, [image], tf.uint8
        )
    ).map(lambda image: tf.ensure_shape(image, (64, 64, 3)))
    shuffle = tf.data.Dataset.shuffle

    def shuffled(self, *arguments, **options):
        held.append(self.element_spec[0].dtype)
        return shuffle(self, *arguments, **options)

    monkeypatch.setattr(tf.data.Dataset, "shuffle", shuffled)
    train_performer(data, epochs=2, batch_size=8, width=4, units=8)
    assert held == [tf.uint8] and len(read) == 8
    monkeypatch.setattr(sys.modules[cached_if_small.__module__], "LIMIT", 0)
    train_performer(data, epochs=2, batch_size=8, width=4, units=8)
    assert len(read) == 8 + 16
