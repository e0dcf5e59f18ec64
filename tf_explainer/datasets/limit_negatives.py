"""Fewer images without the object, so that they do not crowd out the rest."""

import dataclasses

import numpy as np

from tf_explainer.datasets.category_choice import BACKGROUND
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.errors import InputError


def limit_negatives(
    dataset: PartDataset, ratio: float, seed: int = 0
) -> PartDataset:
    """Keeps at most so many negatives for each image of the category.

    One category against all others has many more negatives than positives:
    most of the time goes into them, and a performer that always says
    "background" is seldom wrong.

    Args:
        dataset: A data set of one category and `background`.
        ratio: Images of the background for each one of the category, above 0,
            in each split.
        seed: Seed of the choice.

    Returns:
        The data set without the other negatives, in its old order.

    Raises:
        InputError: If there is no background, or `ratio` is out of range.
    """
    if not ratio > 0:
        raise InputError(f"`negative_ratio` must be above 0, received {ratio}.")
    if dataset.task != "single":
        raise InputError(
            "`negative_ratio` needs one category, told from the background; "
            f"received the categories {list(dataset.categories)}."
        )
    splits = {
        name: _limited(split, dataset.categories.index(BACKGROUND), ratio, seed)
        for name, split in dataset.splits.items()
    }
    return dataclasses.replace(dataset, splits=splits)


def _limited(
    split: PartSplit, background: int, ratio: float, seed: int
) -> PartSplit:
    negatives = np.flatnonzero(split.labels == background)
    positives = len(split) - len(negatives)
    count = min(len(negatives), max(1, round(ratio * positives)))
    random = np.random.default_rng(seed)
    kept = split.labels != background
    kept[random.choice(negatives, count, replace=False)] = True
    return dataclasses.replace(split.part(kept), skipped=split.skipped)
