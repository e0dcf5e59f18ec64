"""Which trials no other one beats in everything."""

import numpy as np


def pareto_front(values: np.ndarray) -> np.ndarray:
    """Returns which rows are on the Pareto front.

    A row is off it if another one is as good in every column and better in
    one.

    Args:
        values: float `(rows, columns)`; more is better in each.

    Returns:
        bool `(rows,)`.
    """
    values = np.asarray(values, np.float64)
    one, other = values[:, None], values[None]
    as_good = np.all(other >= one, axis=-1)
    better = np.any(other > one, axis=-1)
    return ~np.any(as_good & better, axis=1)
