"""One part for each landmark, and how well it tells it."""

import dataclasses

import numpy as np
from scipy.optimize import linear_sum_assignment

from tf_explainer.evaluation.metrics.landmarks import (
    OffsetSums,
    landmark_skill,
    mean_points,
)
from tf_explainer.evaluation.metrics.skills import FilterSkill, filter_skill
from tf_explainer.evaluation.peaks import LocatedPeaks
from tf_explainer.evaluation.sampling import ImageRatios, image_draws

FOUND = 0.6
"""Skill of a part that finds its landmark."""
NAMED = 0.2
"""Skill above which a part may bear the name of its landmark."""
# Rounding alone gives a constant place some 1e-16.
_ABOVE_CONSTANT = 1e-9


@dataclasses.dataclass(frozen=True, eq=False)
class MatchedParts:
    """Parts and landmarks, one to one.

    Args:
        skill: Of each part on the landmark that it is matched to; `landmark`
            is -1 and `test` NaN where there is none.
        landmarks: Number of landmarks that can be measured.
    """

    skill: FilterSkill
    landmarks: int

    @classmethod
    def of(cls, train: LocatedPeaks, test: LocatedPeaks) -> "MatchedParts":
        """Matches parts to landmarks by skill on `train`.

        The match has the largest sum of skills. A part that tells a landmark
        no better than its mean place is not matched to it.

        Args:
            train: Places of parts and landmarks that choose match and offset.
            test: Those that give the values.

        Source:
            Kuhn 1955, "The Hungarian method for the assignment problem".
        """
        skills = landmark_skill(train, test)
        gain = np.clip(np.nan_to_num(skills.train), 0, 1)
        parts, landmarks = linear_sum_assignment(gain, maximize=True)
        better = gain[parts, landmarks] > _ABOVE_CONSTANT
        parts, landmarks = parts[better], landmarks[better]
        return cls(
            FilterSkill(
                live=skills.live,
                landmark=_put(len(gain), parts, landmarks, -1),
                offset=_put(
                    len(gain),
                    parts,
                    OffsetSums(train).offsets[parts, landmarks],
                ),
                constant=_put(len(gain), parts, mean_points(train)[landmarks]),
                train=_put(len(gain), parts, skills.train[parts, landmarks]),
                test=_put(len(gain), parts, skills.test[parts, landmarks]),
            ),
            int((~np.isnan(skills.train)).any(axis=0).sum()),
        )

    @property
    def named(self) -> np.ndarray:
        """int `(parts,)`: the landmark whose name a part may bear, or -1.

        It is the one matched, if the skill on `test` is 0.2 or more.
        """
        told = np.nan_to_num(self.skill.test, nan=-np.inf) >= NAMED
        return np.where(told, self.skill.landmark, -1)

    @property
    def value(self) -> float:
        """Mean over landmarks of the skill on `test`, cut off at 0.

        A landmark without a part counts 0. NaN without landmarks.
        """
        if not self.landmarks:
            return float("nan")
        return float(_cut(self.skill.test).sum() / self.landmarks)

    @property
    def found(self) -> int:
        """Number of landmarks found: skill on `test` of 0.6 or more."""
        return int((_cut(self.skill.test) >= FOUND).sum())

    def interval(
        self, test: LocatedPeaks, resamples: int, seed: int = 0
    ) -> tuple[float, float]:
        """Returns the 95 % percentile bootstrap interval of `value`.

        Args:
            test: Places of parts and landmarks that gave the value.
            resamples: Number of draws of the images.
            seed: Seed of the draws.

        Returns:
            Low and high end, no unit; NaN without landmarks.
        """
        if not self.landmarks:
            return float("nan"), float("nan")
        error, constant = (
            values[:, self.skill.landmark >= 0]
            for values in self.skill.squared_errors(test)
        )
        draws = image_draws(len(error), resamples, seed)
        skills = ImageRatios(constant - error, constant).by_filter(draws)
        values = _cut(skills).sum(axis=1) / self.landmarks
        low, high = np.quantile(values, [0.025, 0.975])
        return float(low), float(high)


def _put(
    size: int, where: np.ndarray, values: np.ndarray, rest: float = np.nan
) -> np.ndarray:
    """`values` at some places of an array that is `rest` elsewhere."""
    whole = np.full((size, *values.shape[1:]), rest, values.dtype)
    whole[where] = values
    return whole


def _cut(skills: np.ndarray) -> np.ndarray:
    return np.clip(np.nan_to_num(skills), 0, 1)


def largest_share(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Returns the share of parts that all tell the same landmark best.

    Args:
        train: Places of parts and landmarks that say which one a part tells
            best.
        test: Those that say which parts are ever there: in at least 1 % of
            the images.

    Returns:
        In (0, 1], of the parts that are there; NaN if there is none, or no
        landmark.
    """
    result = filter_skill(train, test)
    best = result.landmark[result.measured]
    return float(np.bincount(best).max() / len(best)) if len(best) else np.nan
