"""The category that fires a filter most."""

import numpy as np

from tf_explainer.evaluation.located_peaks import LocatedPeaks


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
