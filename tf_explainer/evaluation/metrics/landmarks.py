"""Skill of every filter on every landmark."""

import dataclasses

import numpy as np

from tf_explainer.evaluation.peaks import LocatedPeaks


def mean_points(located: LocatedPeaks) -> np.ndarray:
    """Returns the mean position of each landmark.

    Args:
        located: Peaks and landmarks of one split.

    Returns:
        float64 `(landmarks, 2)`, fractions of the image; NaN if never seen.
    """
    visible = located.visible
    points = np.where(visible[..., None], located.landmarks, 0.0)
    count = visible.sum(axis=0)[:, None]
    mean = points.sum(axis=0, dtype=np.float64) / np.maximum(count, 1)
    return np.where(count > 0, mean, np.nan)


def measurable(located: LocatedPeaks) -> np.ndarray:
    """Returns which landmarks are seen twice, and not always in one place.

    Args:
        located: Peaks and landmarks of one split.

    Returns:
        bool `(landmarks,)`.
    """
    count = located.visible.sum(axis=0)
    return (count >= 2) & (count * landmark_spread(located) > 1e-12)


def landmark_spread(located: LocatedPeaks) -> np.ndarray:
    """Returns how far each landmark lies from its mean position.

    Args:
        located: Peaks and landmarks of one split.

    Returns:
        float64 `(landmarks,)`, mean squared distance, squared fractions of
        the image; 0 if never seen.
    """
    squares = ((located.landmarks - mean_points(located)) ** 2).sum(axis=-1)
    total = np.sum(squares, axis=0, where=located.visible, dtype=np.float64)
    return total / np.maximum(located.visible.sum(axis=0), 1)


class OffsetSums:
    """Sums over images for all pairs of filter and landmark at once.

    Squared distances are expanded, so that each sum is a matrix product of
    `(filters, images)` and `(images, landmarks)`; the array of all offsets
    would take gigabytes.

    Args:
        located: Peaks and landmarks of one split.

    Attributes:
        offsets: float64 `(filters, landmarks, 2)`, mean of landmark - peak,
            fractions of the image; NaN where never both are there.
    """

    def __init__(self, located: LocatedPeaks) -> None:
        self._fires = located.peaks.fires.astype(np.float64)
        self._visible = located.visible.astype(np.float64)
        # Centered: less is lost when the expanded squares cancel.
        self._peaks = np.where(
            located.peaks.fires[..., None], located.peaks.positions - 0.5, 0.0
        ).astype(np.float64)
        self._points = np.where(
            located.visible[..., None], located.landmarks - 0.5, 0.0
        ).astype(np.float64)
        self._count = self._fires.T @ self._visible
        self._offset_sum = np.stack(
            [
                self._fires.T @ self._points[..., axis]
                - self._peaks[..., axis].T @ self._visible
                for axis in range(2)
            ],
            axis=-1,
        )
        count = self._count[..., None]
        self.offsets = np.where(
            count > 0, self._offset_sum / np.maximum(count, 1), np.nan
        )

    def skills(self, constants: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        """Returns the skill of each filter on each landmark.

        Args:
            constants: `(landmarks, 2)`, stands in where a filter is silent.
            offsets: `(filters, landmarks, 2)`, moves a filter's peaks; where
                it is NaN, the constant stands in for them too.

        Returns:
            float64 `(filters, landmarks)`, no unit; 1 where a landmark always
            lies on its constant.
        """
        constants = np.nan_to_num(constants) - 0.5
        away = self._away(constants)
        total = away.sum(axis=0)
        unmoved = self._fires.T @ away
        known = np.nan_to_num(offsets)
        fired = (
            self._squared_offsets()
            - 2 * (known * self._offset_sum).sum(axis=-1)
            + self._count * (known**2).sum(axis=-1)
        )
        fired = np.where(np.isnan(offsets[..., 0]), unmoved, fired)
        error = fired + (total - unmoved)
        return 1 - error / np.where(total > 0, total, np.inf)

    def _away(self, constants: np.ndarray) -> np.ndarray:
        squares = ((self._points - constants) ** 2).sum(axis=-1)
        return squares * self._visible

    def _squared_offsets(self) -> np.ndarray:
        """Sum of ||landmark - peak||^2 where both are there."""
        points, peaks = self._points, self._peaks
        cross = sum(peaks[..., axis].T @ points[..., axis] for axis in range(2))
        return (
            self._fires.T @ (points**2).sum(axis=-1)
            + (peaks**2).sum(axis=-1).T @ self._visible
            - 2 * cross
        )


@dataclasses.dataclass(frozen=True)
class LandmarkSkill:
    """Skill of each pair of filter and landmark.

    Args:
        live: bool `(filters,)`, fires on at least 1 % of the test images.
        train: float64 `(filters, landmarks)`, skill on `train`, by which a
            filter for a landmark is to be chosen; NaN where the landmark
            cannot be measured.
        test: float64 `(filters, landmarks)`, skill on `test`, with offsets
            and constants from `train`.
    """

    live: np.ndarray
    train: np.ndarray
    test: np.ndarray

    @property
    def best_filter(self) -> np.ndarray:
        """int `(landmarks,)`: live filter best on `train`; -1 if none."""
        known = self.live[:, None] & ~np.isnan(self.train)
        if not known.size:
            return np.full(self.train.shape[1], -1)
        skills = np.where(known, self.train, -np.inf)
        return np.where(known.any(axis=0), skills.argmax(axis=0), -1)


def landmark_skill(train: LocatedPeaks, test: LocatedPeaks) -> LandmarkSkill:
    """Measures every filter on every landmark, as `filter_skill` does on one.

    `filter_skill` measures each filter on the landmark it tells best; this
    answers the other question, which filter tells a given landmark best and
    how well.

    Args:
        train: Peaks and landmarks that give offsets and constants.
        test: Peaks and landmarks that give the value.

    Returns:
        The skill of all pairs.
    """
    constants = mean_points(train)
    sums = OffsetSums(train)
    known = measurable(train) & measurable(test)
    train_skill = sums.skills(constants, sums.offsets)
    test_skill = OffsetSums(test).skills(constants, sums.offsets)
    return LandmarkSkill(
        live=test.peaks.live,
        train=np.where(known, train_skill, np.nan),
        test=np.where(known, test_skill, np.nan),
    )
