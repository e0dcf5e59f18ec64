"""As many negatives as wanted, and no positive lost."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets import open_dataset
from tf_explainer.datasets.narrowed import limit_negatives
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.errors import InputError


def _dataset(positives, negatives, categories=("cat", "background")):
    count = positives + negatives
    # Positives and negatives take turns as long as both last.
    order = np.argsort([*range(positives), *range(negatives)], kind="stable")
    images = np.arange(count, dtype=np.uint8)[:, None, None, None]
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(
            np.broadcast_to(images, (count, 2, 2, 3))
        ),
        labels=np.repeat([0, 1], [positives, negatives])[order],
        landmarks=np.zeros((count, 1, 2), "float32"),
        files=tuple(map(str, range(count))),
        skipped=3,
    )
    return PartDataset("made", categories, ("head",), {"train": split})


@pytest.mark.parametrize(
    ("ratio", "kept"), [(1, 6), (1.5, 9), (0.01, 1), (100, 30)]
)
def test_ratio(ratio, kept):
    """At least one negative stays, and never more than there are."""
    split = limit_negatives(_dataset(6, 30), ratio).splits["train"]
    assert np.bincount(split.labels).tolist() == [6, kept]
    seen = [int(image[0, 0, 0]) for image in split.images.as_numpy_iterator()]
    assert seen == [int(name) for name in split.files] == sorted(seen)
    assert split.skipped == 3


def test_the_seed_decides():
    """The same negatives for a seed, others for another."""
    one, same, other = (
        limit_negatives(_dataset(5, 40), 1, seed).splits["train"].files
        for seed in (0, 0, 1)
    )
    assert one == same != other


def test_several_categories_are_refused():
    """They are told from each other: there is no negative."""
    data = _dataset(4, 4, ("cat", "dog"))
    with pytest.raises(InputError, match="`negative_ratio` needs one category"):
        limit_negatives(data, 1)


def test_ratio_out_of_range():
    """The message names the argument and the value."""
    with pytest.raises(InputError, match="`negative_ratio`.*received 0"):
        limit_negatives(_dataset(4, 4), 0)


def test_from_the_way_in(tmp_path):
    """`open_dataset` hands the ratio on, for each split."""
    data = open_dataset(
        None,
        32,
        categories=["cow"],
        data_dir=tmp_path,
        negative_ratio=1,
        train=24,
        test=24,
    )
    for split in data.splits.values():
        positives, negatives = np.bincount(split.labels)
        assert positives == negatives
        assert dataclasses.replace(split, skipped=0).images.cardinality() == (
            2 * positives
        )
