"""Scores of two categories, where the performer gives one."""

import numpy as np


def both_scores(scores: np.ndarray, task: str) -> np.ndarray:
    """Returns scores with a column for each category.

    Args:
        scores: float `(images, classes)`. A single column is a probability:
            of the object where the task is `single`, else of category 1.
        task: `single` or `multi`, see `PartDataset`.

    Returns:
        float `(images, classes)`, at least two columns.
    """
    if scores.shape[1] > 1:
        return scores
    pair = [scores, 1 - scores]
    return np.concatenate(pair if task == "single" else pair[::-1], axis=1)
