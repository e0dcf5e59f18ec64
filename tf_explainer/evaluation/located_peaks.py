"""Peaks beside the annotated landmarks of the same images."""

import dataclasses

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.evaluation.filter_peaks import FilterPeaks


@dataclasses.dataclass(frozen=True, eq=False)
class LocatedPeaks:
    """What a measure needs of one split.

    Args:
        peaks: Where the filters fire in these images.
        landmarks: float `(images, landmarks, 2)`, `(row, column)` as
            fractions of the image; NaN where hidden. `landmarks` may be 0.
        labels: int `(images,)`, annotated category of each image.

    Raises:
        InputError: If the numbers of images differ.
    """

    peaks: FilterPeaks
    landmarks: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        counts = (
            len(self.peaks.strengths),
            len(self.landmarks),
            len(self.labels),
        )
        if len(set(counts)) != 1:
            raise InputError(
                "`peaks`, `landmarks` and `labels` must hold the same images, "
                f"received {counts} of them."
            )

    @property
    def visible(self) -> np.ndarray:
        """bool `(images, landmarks)`."""
        return ~np.isnan(self.landmarks).any(axis=-1)

    def with_peaks(self, peaks: FilterPeaks) -> "LocatedPeaks":
        """Returns the same images with other peaks."""
        return dataclasses.replace(self, peaks=peaks)

    def chosen(self, images: np.ndarray, filters: np.ndarray) -> "LocatedPeaks":
        """Returns some filters in some images.

        Args:
            images: int `(images,)`, indices.
            filters: int `(filters,)`, indices.
        """
        return LocatedPeaks(
            self.peaks.chosen(images, filters),
            self.landmarks[images],
            self.labels[images],
        )
