"""Which parts the filters stand for."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_explainer.evaluation.filter_skill import FilterSkill
from tf_explainer.evaluation.landmark_skill import LandmarkSkill

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
