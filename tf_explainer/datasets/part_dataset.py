"""A data set of images with categories and landmarks."""

import dataclasses
from collections.abc import Mapping
from typing import Literal

from tf_explainer.datasets.category_choice import BACKGROUND
from tf_explainer.datasets.part_split import PartSplit


@dataclasses.dataclass(frozen=True, eq=False)
class PartDataset:
    """Everything that the steps need to know about the images.

    Attributes:
        name: Name of the builder or of the folder.
        categories: Category names in the order of the labels; `background`,
            if present, is last. Empty if nobody has told the images'
            categories: they can be explained and not measured.
        landmark_names: Names of the landmarks in the order of the splits'
            `landmarks`; empty if there are none.
        splits: `train` and `test`; without categories `train` alone.
        notes: What a user should know of how the images were found and
            split, in short sentences.
    """

    name: str
    categories: tuple[str, ...]
    landmark_names: tuple[str, ...]
    splits: Mapping[str, PartSplit]
    notes: tuple[str, ...] = ()

    @property
    def task(self) -> Literal["single", "multi"]:
        """`single`: one category against `background`; else `multi`."""
        return "single" if self.categories[-1:] == (BACKGROUND,) else "multi"

    @property
    def negative_category(self) -> int | None:
        """Index of `background`, which is last; `None` if it is not there."""
        return len(self.categories) - 1 if self.task == "single" else None
