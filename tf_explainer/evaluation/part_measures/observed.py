"""What is kept of part maps: no map."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.evaluation.peaks import FilterPeaks

EXPLAINER = "explainer"
"""Name of the explainer's own parts, beside those of its controls."""


@dataclasses.dataclass(frozen=True, eq=False)
class ObservedParts:
    """Where the parts are in each image of a split.

    Args:
        places: float32 `(images, parts, 2)`, `(row, column)` as fractions of
            the image; NaN where the part is absent.
        presence: float32 `(images, parts)`, height of the part's map at its
            peak, in [0, 1]; also of absent parts, then low.
        at_landmarks: int16 `(images, landmarks)`, the part whose map is
            highest at each landmark; the number of parts stands for the
            background, -1 for a hidden landmark.

    Raises:
        InputError: If the shapes do not belong together.
    """

    places: np.ndarray
    presence: np.ndarray
    at_landmarks: np.ndarray

    def __post_init__(self) -> None:
        images, parts = self.presence.shape
        fits = self.places.shape == (images, parts, 2)
        if not fits or len(self.at_landmarks) != images:
            raise InputError(
                "`places`, `presence` and `at_landmarks` must be of the same "
                f"images and parts, received {self.places.shape}, "
                f"{self.presence.shape} and {self.at_landmarks.shape}."
            )

    @classmethod
    def joined(cls, batches: Sequence[Mapping[str, Any]]) -> "ObservedParts":
        """Puts batches together.

        Args:
            batches: Each the three arrays of some images, by name.
        """
        places, presence, winners = (
            np.concatenate([np.asarray(batch[field.name]) for batch in batches])
            for field in dataclasses.fields(cls)
        )
        return cls(
            places.astype(np.float32),
            presence.astype(np.float32),
            winners.astype(np.int16),
        )

    @property
    def parts(self) -> int:
        """Number of parts, without the background."""
        return self.presence.shape[1]

    @property
    def present(self) -> np.ndarray:
        """bool `(images, parts)`: whether the part is in the image."""
        return ~np.isnan(self.places[..., 0])

    @property
    def peaks(self) -> FilterPeaks:
        """The same as peaks of filters, which are silent where absent."""
        # A present part of strength 0 would be silent.
        strengths = np.where(self.present, np.maximum(self.presence, 1e-6), 0)
        return FilterPeaks(self.places, strengths)
