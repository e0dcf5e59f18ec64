"""The category that scores speak for."""

import numpy as np


def top_category(scores: np.ndarray) -> np.ndarray:
    """Returns the category with the highest score.

    Args:
        scores: float `(images, classes)`, at least two columns, see
            `both_scores`.

    Returns:
        int `(images,)`.
    """
    return scores.argmax(axis=1)
