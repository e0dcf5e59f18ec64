"""A validation part, taken from the training images."""

import dataclasses

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.errors import InputError


def hold_out(
    dataset: PartDataset, share: float = 0.25, seed: int = 0
) -> PartDataset:
    """Splits the training images in two; the test images are left out.

    What chooses settings must not see the test images. It gets this data set
    in place of the whole one, in which they cannot be reached.

    Args:
        dataset: A data set; of its split `test` nothing is read.
        share: Share of each category's training images to hold out, in
            (0, 1).
        seed: Seed of the choice.

    Returns:
        The same data set with the rest of the training images as `train` and
        those held out as `test`, each in its old order.

    Raises:
        InputError: If `share` is out of range, or a category has fewer than
            two training images.
    """
    if not 0 < share < 1:
        raise InputError(f"`share` must lie in (0, 1), received {share}.")
    train = dataset.splits["train"]
    generator = np.random.default_rng(seed)
    held = np.zeros(len(train), bool)
    for label in np.unique(train.labels):
        members = np.flatnonzero(train.labels == label)
        if len(members) < 2:
            raise InputError(
                "To hold images out, each category needs two training images "
                f"or more, received {len(members)} of "
                f"{dataset.categories[label]!r}."
            )
        count = int(np.clip(round(share * len(members)), 1, len(members) - 1))
        held[generator.choice(members, count, replace=False)] = True
    splits = {"train": _part(train, ~held), "test": _part(train, held)}
    return dataclasses.replace(dataset, splits=splits)


def _part(split: PartSplit, kept: np.ndarray) -> PartSplit:
    table = tf.constant(kept)
    images = split.images.enumerate().filter(lambda index, _: table[index])
    images = images.map(lambda _, image: image)
    return PartSplit(
        images=images.apply(
            tf.data.experimental.assert_cardinality(int(kept.sum()))
        ),
        labels=split.labels[kept],
        landmarks=split.landmarks[kept],
        files=tuple(np.array(split.files, object)[kept]),
    )
