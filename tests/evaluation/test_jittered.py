"""Jittered crops: images and landmarks together."""

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.evaluation.moved_images import jittered

SIZE = 48


def made(count=6):
    """One white pixel block at each image's landmark; one near the border."""
    landmarks = np.random.default_rng(0).uniform(0.35, 0.65, (count, 2, 2))
    landmarks[:, 1] = 0.001
    landmarks[0, 0] = np.nan
    images = np.zeros((count, SIZE, SIZE, 3), np.uint8)
    for image, (row, column) in zip(
        images, np.nan_to_num(landmarks[:, 0]) * SIZE, strict=True
    ):
        image[int(row) : int(row) + 1, int(column) : int(column) + 1] = 255
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.arange(count, dtype=np.int32),
        landmarks=landmarks.astype(np.float32),
        files=tuple("abcdef"[:count]),
        skipped=2,
    )


def test_landmarks_move_along():
    """The brightest pixel stays at the landmark; the rest is as it was."""
    split = made()
    dataset = PartDataset("a", ("b",), ("c", "d"), {"train": split})
    moved = jittered(dataset, seed=5).splits["train"]
    images = np.stack(list(moved.images.as_numpy_iterator()))
    for image, landmark in zip(images[1:], moved.landmarks[1:, 0], strict=True):
        brightest = np.unravel_index(image[..., 0].argmax(), (SIZE, SIZE))
        np.testing.assert_allclose(
            (np.array(brightest) + 0.5) / SIZE, landmark, atol=1.5 / SIZE
        )
    assert np.isnan(moved.landmarks[0, 0]).all()
    assert (moved.files, moved.skipped) == (split.files, split.skipped)
    np.testing.assert_array_equal(moved.labels, split.labels)


def test_what_leaves_the_image_is_hidden():
    """A landmark in the corner is lost in some crops, never beyond [0, 1]."""
    dataset = PartDataset("a", ("b",), ("c", "d"), {"train": made()})
    moved = jittered(dataset, seed=5).splits["train"].landmarks[:, 1]
    hidden = np.isnan(moved).any(axis=-1)
    assert 0 < hidden.sum() < len(hidden)
    assert (moved[~hidden] >= 0).all()


def test_seed():
    """One seed, one set of crops; the splits differ."""
    dataset = PartDataset(
        "a", ("b",), ("c", "d"), {"train": made(), "test": made()}
    )
    first, second = jittered(dataset, 1), jittered(dataset, 1)
    for name in dataset.splits:
        np.testing.assert_array_equal(
            first.splits[name].landmarks, second.splits[name].landmarks
        )
    assert not np.array_equal(
        first.splits["train"].landmarks,
        first.splits["test"].landmarks,
        equal_nan=True,
    )
