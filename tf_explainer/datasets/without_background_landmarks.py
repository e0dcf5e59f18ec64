"""The landmarks of one category alone."""

import dataclasses

import numpy as np

from tf_explainer.datasets.category_choice import BACKGROUND
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.part_split import PartSplit


def without_background_landmarks(dataset: PartDataset) -> PartDataset:
    """Returns the data set with the landmarks of the background hidden.

    Where one category is told from the others, these are background, and
    their heads are no parts of the category: it is measured on its own
    images.

    Args:
        dataset: The data set.

    Source:
        Zhang et al. 2018, section 4: "for single-category classification, we
        computed the deviation … through objects of the category".
    """
    if BACKGROUND not in dataset.categories:
        return dataset
    background = dataset.categories.index(BACKGROUND)
    splits = {
        name: _hidden(split, split.labels == background)
        for name, split in dataset.splits.items()
    }
    return dataclasses.replace(dataset, splits=splits)


def _hidden(split: PartSplit, images: np.ndarray) -> PartSplit:
    landmarks = np.where(images[:, None, None], np.nan, split.landmarks)
    return dataclasses.replace(split, landmarks=landmarks.astype("float32"))
