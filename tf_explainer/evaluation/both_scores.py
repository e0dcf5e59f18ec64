"""Scores of two categories, where the performer gives one."""

import numpy as np

from tf_explainer.explainer.positive_category import positive_category


def both_scores(
    scores: np.ndarray, negative_category: int | None
) -> np.ndarray:
    """Returns scores with a column for each category.

    Args:
        scores: float `(images, classes)`. A single column is the probability
            of `positive_category`.
        negative_category: See `positive_category`.

    Returns:
        float `(images, classes)`, at least two columns.
    """
    if scores.shape[1] > 1:
        return scores
    pair = [scores, 1 - scores]
    first = positive_category(negative_category) == 0
    return np.concatenate(pair if first else pair[::-1], axis=1)
