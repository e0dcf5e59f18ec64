"""What each live filter stands for, one row a filter."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_explainer.evaluation.filter_category import filter_category
from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks
from tf_explainer.evaluation.skill_own_category import own_category_skills


def filter_table(
    train: LocatedPeaks,
    test: LocatedPeaks,
    categories: Sequence[str],
    landmark_names: Sequence[str],
) -> list[dict[str, Any]]:
    """Returns the live filters of a layer with their part and category.

    Args:
        train: Peaks and landmarks that choose category, landmark and offset.
        test: Peaks and landmarks that give the values.
        categories: Category names in label order.
        landmark_names: Names in the order of the landmarks.

    Returns:
        For each live filter `filter`, its index; `part`, the landmark it
        stands for, or None for "other"; `skill`; and, where they can be
        measured, `category` and `skill_own_category`.
    """
    result = filter_skill(train, test)
    category = filter_category(train)
    own = own_category_skills(train, test)
    return [
        {
            "filter": int(index),
            "part": _name(landmark_names, result.stands_for[index]),
            "category": _name(categories, category[index]),
            "skill": float(result.test[index]),
            **_known("skill_own_category", own[index]),
        }
        for index in np.flatnonzero(result.measured)
    ]


def _name(names: Sequence[str], index: int) -> str | None:
    return names[index] if index >= 0 else None


def _known(name: str, value: float) -> dict[str, float]:
    return {name: float(value)} if math.isfinite(value) else {}
