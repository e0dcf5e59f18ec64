"""The landmarks that take part."""

import dataclasses
import difflib
from collections.abc import Sequence

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError


def select_landmarks(dataset: PartDataset, names: Sequence[str]) -> PartDataset:
    """Returns the data set with these landmarks alone.

    Args:
        dataset: The data set.
        names: Names of landmarks, in the order wanted.

    Raises:
        InputError: If the data set has no such landmark.
    """
    known = list(dataset.landmark_names)
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise InputError(
                f"`landmarks`: received {name!r}, which {dataset.name!r} does "
                f"not have.{hint} Known: {known}."
            )
    kept = [known.index(name) for name in names]
    splits = {
        key: dataclasses.replace(split, landmarks=split.landmarks[:, kept])
        for key, split in dataset.splits.items()
    }
    return dataclasses.replace(
        dataset, landmark_names=tuple(names), splits=splits
    )
