"""The landmarks that take part."""

import dataclasses
from collections.abc import Sequence

from tf_explainer.datasets.chosen_names import chosen_names
from tf_explainer.datasets.part_dataset import PartDataset


def select_landmarks(dataset: PartDataset, names: Sequence[str]) -> PartDataset:
    """Returns the data set with these landmarks alone.

    Args:
        dataset: The data set.
        names: Names of landmarks, or lists `a,b,c` of them, in the order
            wanted.

    Raises:
        InputError: If the data set has no such landmark, or one is named
            twice.
    """
    known = list(dataset.landmark_names)
    chosen = chosen_names(names, known, "landmarks", repr(dataset.name))
    kept = [known.index(name) for name in chosen]
    splits = {
        key: dataclasses.replace(split, landmarks=split.landmarks[:, kept])
        for key, split in dataset.splits.items()
    }
    return dataclasses.replace(
        dataset, landmark_names=tuple(chosen), splits=splits
    )
