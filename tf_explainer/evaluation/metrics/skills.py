"""How well a filter's peak tells where a landmark is."""

import dataclasses
import math

import numpy as np

from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.landmarks import (
    OffsetSums,
    landmark_spread,
    mean_points,
    measurable,
)
from tf_explainer.evaluation.peaks import LocatedPeaks, found_once
from tf_explainer.evaluation.sampling import ImageRatios


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

    @property
    def stands_for(self) -> np.ndarray:
        """int `(filters,)`: the landmark, or -1 for none of them.

        A filter stands for the landmark it tells best on `train`, if it is
        alive and tells it better than a constant on `test`.
        """
        return np.where(self.above_constant, self.landmark, -1)

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
        if not located.landmarks.shape[1]:
            nothing = np.zeros((len(located.labels), len(self.landmark)))
            return nothing, nothing
        points = located.landmarks[:, self.landmark].astype(np.float64)
        usable = located.visible[:, self.landmark] & (self.landmark >= 0)
        fires = located.peaks.fires & ~np.isnan(self.offset[:, 0])
        moved = located.peaks.positions + self.offset
        predicted = np.where(fires[..., None], moved, self.constant)
        error = ((points - predicted) ** 2).sum(axis=-1)
        constant = ((points - self.constant) ** 2).sum(axis=-1)
        return np.where(usable, error, 0.0), np.where(usable, constant, 0.0)


@found_once
def filter_skill(train: LocatedPeaks, test: LocatedPeaks) -> FilterSkill:
    """Measures how much better than a constant each filter finds a landmark.

    `skill = 1 - sum ||l - q||^2 / sum ||l - m||^2` over all images of a split
    in which the landmark `l` is visible. `m` is the mean position of the
    landmark on `train`; the prediction is `q = peak + offset`, with the mean
    offset on `train`, where the filter fires and `q = m` where it is silent,
    so silence gains nothing and loses nothing. 1 is perfect, 0 a constant
    position, below 0 worse than a constant. Each filter is measured on the
    landmark with its highest skill on `train`, of equal ones that which lies
    nearest to its mean position; the value comes from `test`. Landmarks seen
    in fewer than 2 images of either split, or always in one place, are left
    out.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        The skill of every filter.
    """
    filters = np.arange(test.peaks.filters)
    constants = mean_points(train)
    sums = OffsetSums(train)
    skills = sums.skills(constants, sums.offsets)
    skills[:, ~(measurable(train) & measurable(test))] = -np.inf
    if not np.isfinite(skills).any():
        return _unmeasured(test)
    # Of landmarks told equally well, as by a constant, the one that keeps its
    # place best: rounding must not choose, nor a constant get a hard one.
    steady = np.argsort(landmark_spread(train), kind="stable")
    best = steady[skills[:, steady].round(9).argmax(axis=1)]
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


def skill_ratios(train: LocatedPeaks, test: LocatedPeaks) -> ImageRatios:
    """Returns mean skill as ratios of sums over the test images.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        Of the live filters that can be measured, which may be none.
    """
    result = filter_skill(train, test)
    error, constant = (
        values[:, result.measured] for values in result.squared_errors(test)
    )
    return ImageRatios(constant - error, constant)


@METRICS.register("skill")
def skill(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """How much closer a filter's peak lies to its part than a constant place.

    1 - ratio of the squared distances of the peak, moved by its mean offset,
    and of the part's mean place: 1 is perfect, 0 a position that never moves,
    below 0 worse. Part and offset are chosen on `train`, the value comes from
    `test`; mean over the live filters, see `filter_skill`.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        No unit; 1 perfect, 0 a constant position, below 0 worse than that.
        NaN if no live filter can be measured.
    """
    result = filter_skill(train, test)
    values = result.test[result.measured]
    return float(np.mean(values)) if len(values) else float("nan")


@METRICS.register("skill_best_tenth")
def skill_best_tenth(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Mean skill on test images of the tenth of filters best on `train`.

    The tenth (rounded up) is chosen on `train`, so that luck on the test
    images does not raise the number.

    Args:
        train: Peaks and landmarks that choose filters, landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        No unit, as `skill`; NaN if no live filter can be measured.
    """
    result = filter_skill(train, test)
    filters = np.flatnonzero(result.measured)
    if not len(filters):
        return float("nan")
    order = np.argsort(-result.train[filters], kind="stable")
    best = filters[order[: math.ceil(len(filters) / 10)]]
    return float(result.test[best].mean())


@METRICS.register("share_above_constant")
def share_above_constant(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Share of the live filters whose skill on test images is above 0.

    Args:
        train: Peaks and landmarks that choose landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        In [0, 1]; NaN if no live filter can be measured.
    """
    result = filter_skill(train, test)
    above = result.above_constant[result.measured]
    return float(np.mean(above)) if len(above) else float("nan")
