"""Images of squares, in which parts are known, and a toy performer."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.testing import toy_performer

SIZE = 32


def squares(count, seed, landmarks=True):
    """A bright square anywhere; its color is the category."""
    generator = np.random.default_rng(seed)
    images = generator.integers(0, 40, (count, SIZE, SIZE, 3), np.uint8)
    labels = np.arange(count, dtype=np.int32) % 3
    corners = generator.integers(2, SIZE - 10, (count, 2))
    for image, label, (row, column) in zip(
        images, labels, corners, strict=True
    ):
        image[row : row + 8, column : column + 8, label] = 250
    points = ((corners + 4) / SIZE).astype(np.float32)[:, None]
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=labels,
        landmarks=points[:, : int(landmarks)],
        files=tuple(f"{seed}-{index}" for index in range(count)),
    )


class Forbidden:
    """A test split: whoever looks at it fails."""

    def __getattribute__(self, name):
        """Refuses every attribute."""
        raise AssertionError(f"the test split was read: {name}")

    def __len__(self):
        raise AssertionError("the test split was counted")


def make_dataset(landmarks=True):
    """Squares to learn from, and a test split that must not be read."""
    return PartDataset(
        name="squares",
        categories=("red", "green", "blue"),
        landmark_names=("center",)[: int(landmarks)],
        splits={"train": squares(36, 0, landmarks), "test": Forbidden()},
    )


@pytest.fixture(scope="session")
def square_data():
    """Maker of data sets, see `make_dataset`."""
    return make_dataset


@pytest.fixture(scope="session")
def performer():
    """A toy performer of three categories."""
    return toy_performer()
