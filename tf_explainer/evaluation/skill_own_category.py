"""Skill of each filter among the images of its own category."""

import numpy as np

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.filter_category import filter_category
from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks


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
