"""Where and how strongly each filter fires, beside the annotated landmarks."""

import dataclasses
import functools
import weakref
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from tf_explainer.errors import InputError

LIVE_SHARE = 0.01
_Found = TypeVar("_Found")


@dataclasses.dataclass(frozen=True, eq=False)
class FilterPeaks:
    """The peak of every filter in every image of a split.

    What is drawn from the arrays is kept: they must not change.

    Args:
        positions: float `(images, filters, 2)`, `(row, column)` of the
            strongest unit as fractions of the image; NaN where silent.
        strengths: float `(images, filters)`, activation of that unit; 0 where
            silent.

    Raises:
        InputError: If the shapes do not belong together, or a filter has a
            position where it has no strength.
    """

    positions: np.ndarray
    strengths: np.ndarray

    def __post_init__(self) -> None:
        if self.positions.shape != (*self.strengths.shape, 2):
            raise InputError(
                "`positions` must have the shape of `strengths` and a last "
                f"axis of 2, received {self.positions.shape} and "
                f"{self.strengths.shape}."
            )
        if not np.array_equal(self.fires, ~np.isnan(self.positions[..., 0])):
            raise InputError(
                "`positions` must be NaN exactly where `strengths` is 0."
            )

    @classmethod
    def of_parts(
        cls, places: np.ndarray, presence: np.ndarray
    ) -> "FilterPeaks":
        """Returns places of parts as peaks, silent where a part is absent.

        Args:
            places: float `(images, parts, 2)`, as `part_places` of a call: -1
                where the part is absent.
            presence: float `(images, parts)`, `part_presence` of a call.
        """
        absent = places[..., 0] < 0
        return cls(
            np.where(absent[..., None], np.nan, places),
            np.where(absent, 0, presence),
        )

    def chosen(self, images: np.ndarray, filters: np.ndarray) -> "FilterPeaks":
        """Returns the peaks of some filters in some images.

        Args:
            images: int `(images,)`, indices.
            filters: int `(filters,)`, indices.
        """
        both = np.ix_(images, filters)
        return FilterPeaks(self.positions[both], self.strengths[both])

    @functools.cached_property
    def fires(self) -> np.ndarray:
        """bool `(images, filters)`: whether the filter fires at all."""
        return self.strengths > 0

    @functools.cached_property
    def live(self) -> np.ndarray:
        """bool `(filters,)`: fires on at least 1 % of the images.

        Dead filters are left out of every mean: they have no peak, and an
        argmax over their empty map would sit in a corner and look stable.
        """
        if not len(self.strengths):
            return np.zeros(self.strengths.shape[1], bool)
        share = self.fires.mean(axis=0)
        return (share >= LIVE_SHARE) & (share > 0)

    @property
    def filters(self) -> int:
        """Number of filters."""
        return self.strengths.shape[1]


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

    @functools.cached_property
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


def found_once(
    measure: Callable[[LocatedPeaks, LocatedPeaks], _Found],
) -> Callable[[LocatedPeaks, LocatedPeaks], _Found]:
    """Keeps what a measure found, for as long as both splits are there.

    Several measures of one layer begin with it.

    Args:
        measure: Of `train` and `test`; what it returns must not hold them.
    """
    found: weakref.WeakKeyDictionary[
        LocatedPeaks, weakref.WeakKeyDictionary[LocatedPeaks, _Found]
    ] = weakref.WeakKeyDictionary()

    @functools.wraps(measure)
    def once(train: LocatedPeaks, test: LocatedPeaks) -> _Found:
        known = found.setdefault(test, weakref.WeakKeyDictionary())
        if train not in known:
            known[train] = measure(train, test)
        return known[train]

    return once
