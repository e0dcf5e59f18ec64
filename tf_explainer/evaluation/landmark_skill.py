"""Skill of every filter on every landmark."""

import dataclasses

import numpy as np

from tf_explainer.evaluation.landmark_points import mean_points, measurable
from tf_explainer.evaluation.located_peaks import LocatedPeaks
from tf_explainer.evaluation.offset_sums import OffsetSums


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
