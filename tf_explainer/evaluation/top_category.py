"""The category that scores speak for."""

import numpy as np


def top_category(scores: np.ndarray) -> np.ndarray:
    """Returns the category with the highest score.

    Args:
        scores: float `(images, classes)`. A single column is the probability
            of category 1 beside category 0.

    Returns:
        int `(images,)`.
    """
    if scores.shape[1] == 1:
        return (scores[:, 0] > 0.5).astype(int)
    return scores.argmax(axis=1)
