"""Splits for data that come without one, and a validation part."""

import dataclasses
import hashlib

import numpy as np

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError

_TRAIN_SHARE = 0.6


def split_of(name: str) -> str:
    """Returns `train` for about 60 % of all names and `test` for the rest.

    The same name has the same answer on every machine.

    Args:
        name: What must not be torn apart, such as the name of a photograph.
    """
    digest = hashlib.sha256(name.encode()).digest()
    share = int.from_bytes(digest[:8]) / 2**64
    return "train" if share < _TRAIN_SHARE else "test"


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
    train = dataset.splits["train"]
    held = held_out(train.labels, share, seed)
    splits = {"train": train.part(~held), "test": train.part(held)}
    return dataclasses.replace(dataset, splits=splits)


def held_out(
    labels: np.ndarray, share: float = 0.25, seed: int = 0
) -> np.ndarray:
    """Returns which images `hold_out` holds out.

    Args:
        labels: int `(images,)`, category of each training image.
        share: Share of each category to hold out, in (0, 1).
        seed: Seed of the choice.

    Returns:
        bool `(images,)`.

    Raises:
        InputError: If `share` is out of range, or a category has fewer than
            two images.
    """
    if not 0 < share < 1:
        raise InputError(f"`share` must lie in (0, 1), received {share}.")
    generator = np.random.default_rng(seed)
    held = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) < 2:
            raise InputError(
                "To hold images out, each category needs two training images "
                f"or more, received {len(members)} of category {label} "
                "(counted from 0)."
            )
        count = int(np.clip(round(share * len(members)), 1, len(members) - 1))
        held[generator.choice(members, count, replace=False)] = True
    return held
