"""The validation part of the training images."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.datasets.splits import hold_out
from tf_explainer.errors import InputError


def _split(labels):
    count = len(labels)
    values = np.arange(count, dtype=np.uint8)[:, None, None, None]
    images = np.broadcast_to(values, (count, 2, 2, 3))
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.asarray(labels, np.int32),
        landmarks=np.repeat(values[:, :, 0] / 100, 2, axis=2).astype("float32"),
        files=tuple(map(str, range(count))),
    )


def _dataset(labels):
    # There is no split `test`, so that to look for it is an error.
    splits = {"train": _split(labels)}
    return PartDataset("made", ("cat", "dog"), ("head",), splits)


def test_parts_are_whole_and_apart():
    """A quarter of each category; everything of an image goes along."""
    labels = np.repeat([0, 1], [8, 12])
    found = hold_out(_dataset(labels), 0.25, seed=3)
    held, rest = found.splits["test"], found.splits["train"]
    assert np.bincount(held.labels).tolist() == [2, 3]
    assert sorted((*held.files, *rest.files), key=int) == list(
        map(str, range(20))
    )
    for part in (held, rest):
        index = np.array(part.files, int)
        assert np.all(np.diff(index) > 0)
        seen = [image[0, 0, 0] for image in part.images.as_numpy_iterator()]
        assert seen == index.tolist()
        np.testing.assert_array_equal(part.labels, labels[index])
        np.testing.assert_allclose(part.landmarks[:, 0, 0], index / 100)
        assert part.images.cardinality() == len(part)


def test_seed_decides():
    """The same choice again; another one with another seed."""
    data = _dataset(np.zeros(40, int))
    one, same, other = (
        hold_out(data, 0.5, seed).splits["test"].files for seed in (0, 0, 1)
    )
    assert one == same != other


def test_at_least_one_on_each_side():
    """However small the category or the share."""
    found = hold_out(_dataset([0, 0, 1, 1, 1]), 0.01)
    assert np.bincount(found.splits["test"].labels).tolist() == [1, 1]


@pytest.mark.parametrize("share", [0.0, 1.0, float("nan")])
def test_share_out_of_range(share):
    """Nothing left on one side."""
    with pytest.raises(InputError, match="`share` must lie in"):
        hold_out(_dataset([0, 0]), share)


def test_category_too_small():
    """The message names it."""
    with pytest.raises(InputError, match="1 of category 1"):
        hold_out(_dataset([0, 0, 1]))
