"""Peaks that never move."""

import numpy as np

from tf_explainer.evaluation.filter_peaks import FilterPeaks
from tf_explainer.evaluation.located_peaks import LocatedPeaks


def constant_position(
    located: LocatedPeaks, position: np.ndarray, labels: np.ndarray
) -> LocatedPeaks:
    """Replaces the peaks by one place, the same in every image.

    There is one filter for each label, stronger on the images of its own
    label, so that location instability, which reads a filter only on the
    images of its category, covers every category.

    Args:
        located: The images; their peaks are not used.
        position: float `(2,)`, `(row, column)` as fractions of the image.
        labels: int `(filters,)`, the label of each filter.

    Returns:
        The same images with `filters` constant peaks each.
    """
    strengths = 0.5 + 0.5 * (located.labels[:, None] == labels)
    positions = np.broadcast_to(position, (*strengths.shape, 2))
    return located.with_peaks(
        FilterPeaks(positions.astype(np.float32), strengths.astype(np.float32))
    )
