"""Performers learn, from images and from a trunk's kept features."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.performers.mobilenet import TRUNK_LAYER
from tf_explainer.performers.train_performer import train_performer


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
