"""Which parts are told within each category."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_explainer.evaluation.landmark_skill import landmark_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks


def category_skills(
    train: LocatedPeaks,
    test: LocatedPeaks,
    categories: Sequence[str],
    landmark_names: Sequence[str],
) -> dict[str, dict[str, dict[str, Any]]]:
    """Finds the filter that tells each part best, category by category.

    Over all categories together a part counts as told only if one filter
    finds it in all of them. Filters may share that work: one for the heads of
    birds, another one for those of horses. So here choice, offset, constant
    and value come from the images of one category alone.

    Args:
        train: Peaks and landmarks that choose the filter.
        test: Peaks and landmarks that give the value.
        categories: Category names in label order.
        landmark_names: Names in the order of the landmarks.

    Returns:
        Category to landmark to `filter`, the live one (in this category)
        that tells it best on `train`, and `skill`, its skill on `test`;
        without those that cannot be measured.
    """
    found = {}
    for label, category in enumerate(categories):
        pair = [_of_category(split, label) for split in (train, test)]
        if not all(len(split.labels) for split in pair):
            continue
        skills = landmark_skill(*pair)
        told = {
            landmark_names[landmark]: {
                "filter": int(filter_),
                "skill": float(skills.test[filter_, landmark]),
            }
            for landmark, filter_ in enumerate(skills.best_filter)
            if filter_ >= 0
        }
        if told:
            found[category] = told
    return found


def _of_category(located: LocatedPeaks, label: int) -> LocatedPeaks:
    every = np.arange(located.peaks.filters)
    return located.chosen(np.flatnonzero(located.labels == label), every)
