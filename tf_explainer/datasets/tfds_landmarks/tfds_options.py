"""Which features of a tfds data set are the image, the label, the points."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from tf_explainer.datasets.category_choice import BACKGROUND
from tf_explainer.datasets.convert_settings import convert_settings
from tf_explainer.errors import InputError

_UNITS = ("auto", "pixels", "fractions")
# Points may lie a little outside of the image.
_LARGEST_FRACTION = 2.0


@dataclasses.dataclass(frozen=True)
class TfdsOptions:
    """What the user says about a data set of tfds.

    Attributes:
        image: Feature with the image.
        points: Feature with the landmarks; found by name and form if None.
        label: Feature with the category: a class label, or a truth value,
            also one inside a dictionary, such as `attributes/Smiling`. If
            None: the only class label, or else all images are of one
            category.
        units: `pixels` or `fractions`; `auto` tells them by their size.
        row_first: Whether a pair is (row, column), not (x, y).
        train: Stored split to train on, if not `train`.
        test: Stored split to test on, if not `test` or `validation`.
    """

    image: str = "image"
    points: str | None = None
    label: str | None = None
    units: str = "auto"
    row_first: bool = False
    train: str | None = None
    test: str | None = None

    def __post_init__(self) -> None:
        if self.units not in _UNITS:
            raise InputError(
                f"`units` must be one of {list(_UNITS)}, received "
                f"{self.units!r}."
            )

    @classmethod
    def make(cls, settings: Mapping[str, Any]) -> "TfdsOptions":
        """Returns the options with these settings.

        Args:
            settings: Field to value, which may be a text.

        Raises:
            InputError: If a setting is unknown or of a wrong type.
        """
        fields = {field.name: field.type for field in dataclasses.fields(cls)}
        return cls(**convert_settings("tfds", fields, settings))

    def category_names(self, features: Any, name: str) -> list[str]:
        """Returns the names of the categories in the order of the old labels.

        Args:
            features: The data set's features.
            name: Its name, for the one category of a set without labels.

        Raises:
            InputError: If `label` is no feature of categories.
        """
        path = self._label(features)
        if not path:
            return [name]
        feature = features
        for key in path:
            if not hasattr(feature, "keys") or key not in feature:
                raise InputError(
                    f"`label`: received {self.label!r}, which is no feature. "
                    f"Known: {sorted(features)}."
                )
            feature = feature[key]
        if isinstance(feature, tfds.features.ClassLabel):
            return list(feature.names)
        if getattr(feature, "dtype", None) in (bool, np.bool_):
            return [BACKGROUND, path[-1]]
        raise InputError(
            f"`label`: received {self.label!r}, which holds neither class "
            "labels nor truth values."
        )

    def label_feature(self, builder: Any) -> list[str]:
        """Returns the name of the label's feature of the first level, if any.

        Args:
            builder: The data set.
        """
        return self._label(builder.info.features)[:1]

    def old_label(self, builder: Any, row: Mapping[str, Any]) -> int:
        """Returns the label of one example.

        Args:
            builder: The data set.
            row: The example.
        """
        value: Any = row
        path = self._label(builder.info.features)
        for key in path:
            value = value[key]
        return int(value) if path else 0

    def in_pixels(self, places: np.ndarray) -> bool:
        """Whether places are in pixels.

        Args:
            places: Float `(images, landmarks, 2)`, as stored.
        """
        if self.units != "auto":
            return self.units == "pixels"
        seen = places[np.isfinite(places)]
        return bool(seen.size) and float(seen.max()) > _LARGEST_FRACTION

    def _label(self, features: Any) -> list[str]:
        if self.label is not None:
            return self.label.split("/")
        labels = [
            name
            for name in features
            if isinstance(features[name], tfds.features.ClassLabel)
        ]
        return labels if len(labels) == 1 else []
