"""Where landmarks lie on average, and which can be measured."""

import numpy as np

from tf_explainer.evaluation.located_peaks import LocatedPeaks


def mean_points(located: LocatedPeaks) -> np.ndarray:
    """Returns the mean position of each landmark.

    Args:
        located: Peaks and landmarks of one split.

    Returns:
        float64 `(landmarks, 2)`, fractions of the image; NaN if never seen.
    """
    visible = located.visible
    points = np.where(visible[..., None], located.landmarks, 0.0)
    count = visible.sum(axis=0)[:, None]
    mean = points.sum(axis=0, dtype=np.float64) / np.maximum(count, 1)
    return np.where(count > 0, mean, np.nan)


def measurable(located: LocatedPeaks) -> np.ndarray:
    """Returns which landmarks are seen twice, and not always in one place.

    Args:
        located: Peaks and landmarks of one split.

    Returns:
        bool `(landmarks,)`.
    """
    squares = ((located.landmarks - mean_points(located)) ** 2).sum(axis=-1)
    spread = np.sum(squares, axis=0, where=located.visible)
    return (located.visible.sum(axis=0) >= 2) & (spread > 1e-12)
