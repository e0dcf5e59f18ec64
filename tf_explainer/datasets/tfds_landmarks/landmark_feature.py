"""Where the landmarks are in the features of a tfds data set."""

import dataclasses
from typing import Any

import numpy as np

from tf_explainer.errors import InputError

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
