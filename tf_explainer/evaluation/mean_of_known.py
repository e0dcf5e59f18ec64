"""The mean of what could be measured."""

import numpy as np


def mean_of_known(values: np.ndarray, axis: int = 0) -> np.ndarray:
    """Returns the mean over one axis of what is not NaN.

    Args:
        values: Float array.
        axis: The axis that goes away.

    Returns:
        Float array; NaN where nothing is known, without a warning.
    """
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    mean = np.sum(values, axis=axis, where=known) / np.maximum(count, 1)
    return np.where(count > 0, mean, np.nan)
