"""What filters do within each category."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.landmarks import landmark_skill
from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.evaluation.peaks import LocatedPeaks, found_once


def filter_category(located: LocatedPeaks) -> np.ndarray:
    """Returns the category with the highest mean peak strength.

    Only categories with a visible landmark are asked (so never the
    background).

    Args:
        located: Peaks and landmarks of one split.

    Returns:
        int `(filters,)`, label; -1 where no category has a visible landmark.
    """
    annotated = np.unique(located.labels[located.visible.any(axis=1)])
    if not len(annotated):
        return np.full(located.peaks.filters, -1)
    return annotated[mean_strengths(located, annotated).argmax(axis=0)]


def mean_strengths(located: LocatedPeaks, labels: np.ndarray) -> np.ndarray:
    """Returns how strongly each filter fires on each category.

    Args:
        located: Peaks of one split.
        labels: int `(categories,)`, labels that the split has images of.

    Returns:
        float64 `(categories, filters)`, mean peak strength, 0 where silent.
    """
    return np.stack(
        [
            located.peaks.strengths[located.labels == label].mean(
                axis=0, dtype=np.float64
            )
            for label in labels
        ]
    )


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


@METRICS.register("skill_own_category")
def skill_own_category(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """Mean test skill of live filters, each on its own category alone.

    As `skill`, but a filter is read on the images of the category that fires
    it most on `train`, and landmark, offset and constant come from these. In
    all categories together a filter may earn skill by telling a tall animal
    from a flat one; here it cannot. It may also lose some: a filter of horse
    heads need not find the heads of birds.

    Args:
        train: Peaks and landmarks that choose category, landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        No unit, as `skill`; NaN if no live filter can be measured.
    """
    values = own_category_skills(train, test)[test.peaks.live]
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else float("nan")


@found_once
def own_category_skills(train: LocatedPeaks, test: LocatedPeaks) -> np.ndarray:
    """Returns each filter's skill on the images of its own category.

    Args:
        train: Peaks and landmarks that choose category, landmark and offset.
        test: Peaks and landmarks that give the value.

    Returns:
        float64 `(filters,)`; NaN where nothing can be measured.
    """
    category = filter_category(train)
    result = np.full(len(category), np.nan)
    for label in np.unique(category[category >= 0]):
        filters = np.flatnonzero(category == label)
        pair = [
            split.chosen(np.flatnonzero(split.labels == label), filters)
            for split in (train, test)
        ]
        if all(len(split.labels) for split in pair):
            result[filters] = filter_skill(*pair).test
    return result
