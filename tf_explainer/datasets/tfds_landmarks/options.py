"""Which features of a tfds data set are the image, the label, the points."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from tf_explainer.datasets.builders import convert_settings
from tf_explainer.datasets.category_choice import BACKGROUND
from tf_explainer.datasets.encoded_images import read_header
from tf_explainer.datasets.prepared_files import quiet
from tf_explainer.errors import InputError

_UPRIGHT = 1


def stored_sides(builder: Any, split: str, key: str) -> np.ndarray:
    """Returns the height and width of each image, from the files' headers.

    Args:
        builder: A prepared tfds data set.
        split: Name of the split, or a part of it.
        key: Name of the image's feature.

    Returns:
        Float64 `(images, 2)`, in pixels.

    Raises:
        InputError: If an image has an EXIF orientation. tfds hands it out as
            it is stored, and nothing tells for which the landmarks are.
    """
    with quiet():
        files = builder.as_dataset(
            split=split,
            decoders={key: tfds.decode.SkipDecoding()},
            read_config=tfds.ReadConfig(
                interleave_cycle_length=1, try_autocache=False
            ),
        )

    def numbers(row: Any) -> Any:
        header = read_header(row[key])
        return tf.stack([header.height, header.width, header.orientation])

    read = files.map(numbers, num_parallel_calls=tf.data.AUTOTUNE).batch(1024)
    table = np.concatenate([*read.as_numpy_iterator()])
    tagged = np.nonzero(table[:, 2] != _UPRIGHT)[0]
    if len(tagged):
        first = int(tagged[0])
        raise InputError(
            f"Data set {builder.name!r}: {len(tagged)} images of {split!r} "
            "have an EXIF orientation, which tfds does not apply, and may be "
            f"annotated as stored or turned; the first is image {first} with "
            f"orientation {table[first, 2]}. Store them without."
        )
    return table[:, :2].astype("float64")


_WORDS = ("landmark", "keypoint")


@dataclasses.dataclass(frozen=True)
class LandmarkFeature:
    """A feature that holds landmarks.

    Attributes:
        key: Its name.
        names: Names of the landmarks.
        apart: Whether each coordinate is a feature of its own, `<name>_x`.
        row_first: Whether a pair is (row, column), not (x, y).
    """

    key: str
    names: tuple[str, ...]
    apart: bool
    row_first: bool = False

    @classmethod
    def find(
        cls, features: Any, key: str | None, row_first: bool
    ) -> "LandmarkFeature":
        """Finds the feature by its form, and by its name if none is given.

        Args:
            features: The data set's features.
            key: Name of the feature, or None.
            row_first: Whether a pair is (row, column), not (x, y).

        Returns:
            The feature.

        Raises:
            InputError: If there is none, or several to choose from.
        """
        found = {
            name: one
            for name in features
            if (one := cls._read(name, features[name], row_first))
        }
        if key is not None:
            if key not in found:
                raise InputError(
                    f"`points`: received {key!r}, which is no feature of "
                    f"landmarks. Such are: {sorted(found)}."
                )
            return found[key]
        named = {
            name: one
            for name, one in found.items()
            if any(word in name.lower() for word in _WORDS)
        }
        if len(named) != 1:
            which = f"several: {sorted(named)}" if named else "none"
            raise InputError(
                f"`points` must name the feature with the landmarks; of the "
                f"features {sorted(features)}, {which} could be it."
            )
        return next(iter(named.values()))

    @classmethod
    def _read(
        cls, name: str, feature: Any, row_first: bool
    ) -> "LandmarkFeature | None":
        if hasattr(feature, "keys"):
            keys = list(feature.keys())
            names = [k[:-2] for k in keys if k.endswith("_x")]
            names = [k for k in names if f"{k}_y" in keys]
            return cls(name, tuple(names), True) if names else None
        shape: tuple[int, ...] = getattr(feature, "shape", ())
        if len(shape) == 2 and shape[0] and shape[1] in (2, 3):
            names = [str(index) for index in range(shape[0])]
            return cls(name, tuple(names), False, row_first)
        return None

    def places(self, value: Any) -> np.ndarray:
        """Returns (row, column) as stored, NaN where hidden.

        Args:
            value: The feature's value in one example.

        Returns:
            Float64 `(landmarks, 2)`.
        """
        if self.apart:
            return np.array(
                [(value[f"{n}_y"], value[f"{n}_x"]) for n in self.names],
                "float64",
            )
        table = np.asarray(value, "float64")
        pairs = table[:, :2] if self.row_first else table[:, 1::-1]
        if table.shape[1] == 3:
            # The third number says whether a landmark is seen, as in COCO.
            return np.where(table[:, 2:] > 0, pairs, np.nan)
        return pairs


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
