"""One split of a data set."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets import PartDataset, PartSplit


def make(labels=3, landmarks=3, files=3):
    """Returns a split of three grey images."""
    pixels = np.arange(3, dtype="uint8")[:, None, None, None]
    images = np.broadcast_to(pixels, (3, 4, 4, 3))
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.zeros(labels, "int32"),
        landmarks=np.zeros((landmarks, 2, 2), "float32"),
        files=("a", "b", "c")[:files],
    )


def test_batches_keep_order_and_values():
    """Float32, 0 to 255, again and again."""
    split = make()
    assert len(split) == 3
    for _ in range(2):
        batches = [batch.numpy() for batch in split.batches(2)]
        assert [batch.shape[0] for batch in batches] == [2, 1]
        assert batches[0].dtype == np.float32
        values = np.concatenate(batches)[:, 0, 0, 0]
        np.testing.assert_array_equal(values, [0, 1, 2])


@pytest.mark.parametrize("name", ["labels", "landmarks", "files"])
def test_lengths_must_agree(name):
    """A split with a row too few would shift all that follows."""
    with pytest.raises(ValueError, match="must be of one length"):
        make(**{name: 2})


@pytest.mark.parametrize(
    ("categories", "task"),
    [(("cat", "background"), "single"), (("cat", "dog"), "multi")],
)
def test_task(categories, task):
    """Told by the last category."""
    dataset = PartDataset("made", categories, (), {"train": make()})
    assert dataset.task == task


def test_batches_of_some_images_are_spread_evenly():
    """From the first to the last, and never more than asked for."""
    images = np.arange(9, dtype="uint8")[:, None, None, None]
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(
            np.broadcast_to(images, (9, 2, 2, 3))
        ),
        labels=np.zeros(9, "int32"),
        landmarks=np.zeros((9, 0, 2), "float32"),
        files=("a.png",) * 9,
    )
    for most, expected in ((3, [0, 4, 8]), (4, [0, 3, 5, 8]), (20, range(9))):
        seen = np.concatenate(list(split.batches(2, most)))[:, 0, 0, 0]
        np.testing.assert_array_equal(seen, list(expected))
