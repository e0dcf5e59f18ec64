"""How many different parts the filters find, and how many fire."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.landmarks import LandmarkSkill
from tf_explainer.evaluation.metrics.skills import FilterSkill, filter_skill
from tf_explainer.evaluation.peaks import LocatedPeaks

FOUND = 0.2


@METRICS.register("coverage")
def coverage(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Number of landmarks for which some live filter has a skill above 0.2.

    A filter stands for one landmark, the one that it tells best on `train`,
    so that a layer full of head finders covers the head and nothing else. Of
    the filters that stand for a landmark, the one with the highest skill on
    `train` must reach 0.2 on `test`: the best of many on `test` would be
    luck. A constant position covers nothing.

    Args:
        train: Peaks and landmarks that choose landmark, offset and filter.
        test: Peaks and landmarks that give the value.

    Returns:
        Count of landmarks; NaN if no live filter can be measured.
    """
    result = filter_skill(train, test)
    if not result.measured.any():
        return float("nan")
    return int(covered(result, result.test[None, result.measured])[0])


def covered(result: FilterSkill, skills: np.ndarray) -> np.ndarray:
    """Counts what is covered, once for each sample of the test images.

    Args:
        result: Says which filters are measured, on which landmark, and how
            well they tell it on `train`.
        skills: `(samples, measured filters)`, their skills on test images.

    Returns:
        Count of landmarks `(samples,)`, see `coverage`.
    """
    landmark = result.landmark[result.measured]
    order = np.argsort(-result.train[result.measured], kind="stable")
    _, first = np.unique(landmark[order], return_index=True)
    return (skills[:, order[first]] > FOUND).sum(axis=1)


WELL_TOLD = 0.5
"""Skill of a filter that tells a part well."""


def part_counts(
    result: FilterSkill, skills: LandmarkSkill, landmark_names: Sequence[str]
) -> dict[str, Any]:
    """Counts the live filters of each part.

    A filter stands for the landmark it tells best on `train`, if its skill
    on `test` is above 0; else it stands for none.

    Args:
        result: Skill of the filters of one layer.
        skills: Skill of the same filters on every landmark.
        landmark_names: Names in the order of the landmarks.

    Returns:
        `found`, landmark name to `filters` (count) and,
        where the landmark can be measured, `chosen_filter` and
        `chosen_skill`: of all live filters the one that tells this landmark
        best on `train`, and its skill for it on `test`; and `other`, the
        count of live filters that stand for none.
    """
    standing = result.stands_for
    chosen = skills.best_filter
    found = {
        name: {
            "filters": int((standing == landmark).sum()),
            **_chosen(skills.test[:, landmark], chosen[landmark]),
        }
        for landmark, name in enumerate(landmark_names)
    }
    return {"found": found, "other": int((result.live & (standing < 0)).sum())}


def _chosen(skill: np.ndarray, chosen: int) -> dict[str, Any]:
    if chosen < 0:
        return {}
    return {
        "chosen_filter": int(chosen),
        "chosen_skill": float(skill[chosen]),
    }


@METRICS.register("alive")
def alive(train: LocatedPeaks, test: LocatedPeaks) -> int:
    """Filters that fire on at least 1 % of the test images.

    All means are over these.

    Args:
        train: Not used; all measures are called alike.
        test: Peaks of the test split.

    Returns:
        Count of filters.
    """
    del train
    return int(test.peaks.live.sum())
