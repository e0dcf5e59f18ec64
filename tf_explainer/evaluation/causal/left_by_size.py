"""A strength that knows nothing but sizes."""

import numpy as np

from tf_explainer.evaluation.causal.drawn_cases import DrawnCases


def left_by_size(cases: DrawnCases, fires: np.ndarray) -> np.ndarray:
    """Returns how much of the animal is left, for every filter alike.

    The control of `silence`, with `fires` for the strengths before: a filter
    whose strength is the number of the animal's pixels, asked about the same
    animals.

    Args:
        cases: What was removed from which image.
        fires: bool `(images, filters)`, whether a filter fires in the whole
            image.

    Returns:
        float64 `(cases, filters)`, share of the animal's pixels, in [0, 1].
    """
    return (1 - cases.shares[:, None]) * fires[cases.image]
