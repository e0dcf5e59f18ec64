"""Sums behind the skill of many filters on many landmarks."""

import numpy as np

from tf_explainer.evaluation.located_peaks import LocatedPeaks


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
