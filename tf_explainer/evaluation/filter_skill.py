"""How well one filter's peak tells where a landmark is."""

import dataclasses

import numpy as np

from tf_explainer.evaluation.located_peaks import LocatedPeaks


@dataclasses.dataclass(frozen=True)
class FilterSkill:
    """Skill of each filter, with the landmark it was measured on.

    Args:
        live: bool `(filters,)`, fires on at least 1 % of the test images.
        landmark: int `(filters,)`, the landmark with the highest skill on
            `train`; -1 where none can be measured.
        offset: float64 `(filters, 2)`, mean of landmark - peak on `train`,
            fractions of the image; NaN where the filter never fired there.
        constant: float64 `(filters, 2)`, mean position of that landmark on
            `train`, which stands in where the filter is silent.
        train: float64 `(filters,)`, skill on `train`, which chose `landmark`.
        test: float64 `(filters,)`, skill on `test`: the result. NaN without
            a landmark.
    """

    live: np.ndarray
    landmark: np.ndarray
    offset: np.ndarray
    constant: np.ndarray
    train: np.ndarray
    test: np.ndarray

    @property
    def measured(self) -> np.ndarray:
        """bool `(filters,)`: alive and with a landmark."""
        return self.live & (self.landmark >= 0)

    @property
    def above_constant(self) -> np.ndarray:
        """bool `(filters,)`: measured, and skill above 0 on `test`."""
        # Rounding alone puts a constant position at about 1e-16.
        return self.measured & (np.nan_to_num(self.test) > 1e-9)

    def squared_errors(
        self, located: LocatedPeaks
    ) -> tuple[np.ndarray, np.ndarray]:
        """Squared error of each prediction and of the constant beside it.

        Args:
            located: Peaks and landmarks of one split.

        Returns:
            Two float64 arrays `(images, filters)`, squared fractions of the
            image; 0 where the filter's landmark is hidden.
        """
        points = located.landmarks[:, self.landmark].astype(np.float64)
        usable = located.visible[:, self.landmark] & (self.landmark >= 0)
        fires = located.peaks.fires & ~np.isnan(self.offset[:, 0])
        moved = located.peaks.positions + self.offset
        predicted = np.where(fires[..., None], moved, self.constant)
        error = ((points - predicted) ** 2).sum(axis=-1)
        constant = ((points - self.constant) ** 2).sum(axis=-1)
        return np.where(usable, error, 0.0), np.where(usable, constant, 0.0)


def filter_skill(train: LocatedPeaks, test: LocatedPeaks) -> FilterSkill:
    """Measures how much better than a constant each filter finds a landmark.

    `skill = 1 - sum ||l - q||^2 / sum ||l - m||^2` over all images of a split
    in which the landmark `l` is visible. `m` is the mean position of the
    landmark on `train`; the prediction is `q = peak + offset`, with the mean
    offset on `train`, where the filter fires and `q = m` where it is silent,
    so silence gains nothing and loses nothing. 1 is perfect, 0 a constant
    position, below 0 worse than a constant. Each filter is measured on the
    landmark with its highest skill on `train`; the value comes from `test`.
    Landmarks seen in fewer than 2 images of either split, or always in one
    place, are left out.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        The skill of every filter.
    """
    filters = np.arange(test.peaks.filters)
    constants = _mean_points(train)
    sums = _OffsetSums(train)
    skills = sums.skills(constants, sums.offsets)
    skills[:, ~(_measurable(train) & _measurable(test))] = -np.inf
    if not np.isfinite(skills).any():
        return _unmeasured(test)
    best = skills.argmax(axis=1)
    result = FilterSkill(
        live=test.peaks.live,
        landmark=best,
        offset=sums.offsets[filters, best],
        constant=constants[best],
        train=skills[filters, best],
        test=np.empty(len(filters)),
    )
    error, constant = result.squared_errors(test)
    return dataclasses.replace(
        result, test=1 - error.sum(axis=0) / constant.sum(axis=0)
    )


def _measurable(located: LocatedPeaks) -> np.ndarray:
    """bool `(landmarks,)`: seen twice, and not always in one place."""
    squares = ((located.landmarks - _mean_points(located)) ** 2).sum(axis=-1)
    spread = np.sum(squares, axis=0, where=located.visible)
    return (located.visible.sum(axis=0) >= 2) & (spread > 1e-12)


def _mean_points(located: LocatedPeaks) -> np.ndarray:
    """Mean position of each landmark, `(landmarks, 2)`, NaN if never seen."""
    visible = located.visible
    points = np.where(visible[..., None], located.landmarks, 0.0)
    count = visible.sum(axis=0)[:, None]
    mean = points.sum(axis=0, dtype=np.float64) / np.maximum(count, 1)
    return np.where(count > 0, mean, np.nan)


def _unmeasured(test: LocatedPeaks) -> FilterSkill:
    filters = test.peaks.filters
    nowhere = np.full((filters, 2), np.nan)
    unknown = np.full(filters, np.nan)
    return FilterSkill(
        live=test.peaks.live,
        landmark=np.full(filters, -1),
        offset=nowhere,
        constant=nowhere,
        train=unknown,
        test=unknown,
    )


class _OffsetSums:
    """Sums over images for all pairs of filter and landmark at once.

    Squared distances are expanded, so that each sum is a matrix product of
    `(filters, images)` and `(images, landmarks)`; the array of all offsets
    would take gigabytes.
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
        """Skill of each filter on each landmark, `(filters, landmarks)`."""
        constants = np.nan_to_num(constants) - 0.5
        away = self._away(constants)
        total = away.sum(axis=0)
        silent = total - self._fires.T @ away
        known = np.nan_to_num(offsets)
        fired = (
            self._squared_offsets()
            - 2 * (known * self._offset_sum).sum(axis=-1)
            + self._count * (known**2).sum(axis=-1)
        )
        return 1 - (fired + silent) / np.where(total > 0, total, np.inf)

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
