"""Which parts the filters stand for."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_explainer.evaluation.filter_skill import FilterSkill


def part_counts(
    result: FilterSkill, landmark_names: Sequence[str]
) -> dict[str, Any]:
    """Counts the live filters of each part.

    A filter stands for the landmark it tells best on `train`, if its skill
    on `test` is above 0; else it stands for none.

    Args:
        result: Skill of the filters of one layer.
        landmark_names: Names in the order of the landmarks.

    Returns:
        `found`, landmark name to `filters` (count) and, where there are any,
        `best_filter` (index) and `best_skill` (its skill on `test`); and
        `other`, the count of live filters that stand for none.
    """
    standing = np.where(result.above_constant, result.landmark, -1)
    found = {
        name: _part(result.test, np.flatnonzero(standing == landmark))
        for landmark, name in enumerate(landmark_names)
    }
    return {"found": found, "other": int((result.live & (standing < 0)).sum())}


def _part(skill: np.ndarray, filters: np.ndarray) -> dict[str, Any]:
    if not len(filters):
        return {"filters": 0}
    best = filters[skill[filters].argmax()]
    return {
        "filters": len(filters),
        "best_filter": int(best),
        "best_skill": float(skill[best]),
    }
