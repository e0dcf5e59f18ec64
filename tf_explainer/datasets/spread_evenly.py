"""Some of many, spread evenly."""

import numpy as np


def spread_evenly(count: int, most: int) -> np.ndarray:
    """Chooses examples from the first to the last, in equal steps.

    Args:
        count: Number of examples.
        most: How many are chosen, or all if there are no more.

    Returns:
        bool `(count,)`, which of them are chosen.
    """
    chosen = np.zeros(count, bool)
    places = np.linspace(0, count - 1, min(most, count))
    chosen[places.round().astype(int)] = True
    return chosen
