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
    count = located.visible.sum(axis=0)
    return (count >= 2) & (count * landmark_spread(located) > 1e-12)


def landmark_spread(located: LocatedPeaks) -> np.ndarray:
    """Returns how far each landmark lies from its mean position.

    Args:
        located: Peaks and landmarks of one split.

    Returns:
        float64 `(landmarks,)`, mean squared distance, squared fractions of
        the image; 0 if never seen.
    """
    squares = ((located.landmarks - mean_points(located)) ** 2).sum(axis=-1)
    total = np.sum(squares, axis=0, where=located.visible, dtype=np.float64)
    return total / np.maximum(located.visible.sum(axis=0), 1)
