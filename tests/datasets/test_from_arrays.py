"""A data set of what a user has in memory, or in a `tf.data.Dataset`."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets import from_arrays
from tf_explainer.errors import InputError

LABELS = np.arange(9) % 3
# The first pixel tells the label, and the second the image.
IMAGES = np.full((9, 4, 4, 3), 7, "uint8")
IMAGES[:, 0, 0] = LABELS[:, None]
IMAGES[:, 0, 1] = np.arange(9)[:, None] * 20


def _read(split):
    return np.stack(list(split.images.as_numpy_iterator()))


@pytest.mark.parametrize("kind", ["uint8", "int64", "float64"])
def test_arrays(kind):
    """Whole values 0-255 are bytes, as those of files are."""
    data = from_arrays(
        (IMAGES.astype(kind), LABELS.astype("float32")),
        test=(IMAGES[:2], np.eye(3)[:2]),
        categories=("a", "b", "c"),
    )
    train, test = data.splits["train"], data.splits["test"]
    np.testing.assert_array_equal(_read(train), IMAGES)
    assert _read(train).dtype == np.uint8
    np.testing.assert_array_equal(train.labels, LABELS)
    np.testing.assert_array_equal(test.labels, [0, 1])
    assert data.categories == ("a", "b", "c") and data.task == "multi"
    assert train.files[3] == "train/3" and len(set(train.files)) == 9


def test_values_between_stay_as_they_are():
    """A performer may take 0 to 1."""
    shares = IMAGES / 255
    (batch,) = from_arrays((shares, LABELS)).splits["train"].batches(9)
    np.testing.assert_allclose(batch, shares, rtol=1e-6)
    ones = (IMAGES > 0).astype("float32")
    assert _read(from_arrays((ones, LABELS)).splits["train"]).dtype == "float32"


@pytest.mark.parametrize("named", [False, True])
def test_a_shuffled_data_set_keeps_its_pairs(named):
    """Each pass over it would have another order."""
    data = tf.data.Dataset.from_tensor_slices((IMAGES, LABELS))
    data = data.shuffle(9, reshuffle_each_iteration=True)
    if named:
        data = data.map(lambda image, label: {"image": image, "label": label})
    split = from_arrays(data.batch(4)).splits["train"]
    assert len(split) == 9 == int(split.images.cardinality())
    for _ in range(2):
        np.testing.assert_array_equal(_read(split)[:, 0, 0, 0], split.labels)
    assert set(_read(split)[:, 0, 1, 0]) == set(IMAGES[:, 0, 1, 0])


def test_images_alone():
    """To learn from; as a folder without categories."""
    for data in (IMAGES, tf.data.Dataset.from_tensor_slices(IMAGES)):
        found = from_arrays(data)
        assert found.categories == () and list(found.splits) == ["train"]
        np.testing.assert_array_equal(_read(found.splits["train"]), IMAGES)


def test_landmarks():
    """Of both splits, with numbers for names."""
    points = np.full((9, 2, 2), 0.5)
    data = from_arrays(
        (IMAGES, LABELS),
        test=(IMAGES[:4], LABELS[:4]),
        landmarks=(points, points[:4]),
    )
    assert data.landmark_names == ("landmark 0", "landmark 1")
    assert data.splits["test"].landmarks.shape == (4, 2, 2)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"train": (IMAGES, LABELS[:4])}, "`train`.*4 for 9"),
        ({"train": (IMAGES, LABELS - 1)}, "`train`.*from 0 on"),
        ({"train": (IMAGES, LABELS / 2)}, "`train`.*from 0 on"),
        ({"train": IMAGES[0]}, "`train` must be.*uint8"),
        ({"train": (IMAGES, LABELS), "test": IMAGES}, "both hold labels"),
        (
            {"train": (IMAGES, LABELS), "categories": ("a", "b")},
            "`categories`.*3",
        ),
        (
            {"train": (IMAGES, LABELS), "landmarks": [np.zeros((9, 2))]},
            "`landmarks`",
        ),
        (
            {"train": (IMAGES, LABELS), "landmark_names": ("head",)},
            "`landmark_names`",
        ),
    ],
)
def test_refused(given, message):
    """In one line."""
    with pytest.raises(InputError, match=message):
        from_arrays(**given)
