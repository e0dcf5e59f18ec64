"""How far a mean over images would move with other images."""

import numpy as np
from scipy import stats

RESAMPLES = 4999
BATCH = 500


def bootstrap_interval(
    values: np.ndarray, seed: int = 0
) -> tuple[float, float]:
    """Returns the 95 % percentile bootstrap interval of a mean.

    Args:
        values: float `(images,)`, at least two.
        seed: Seed of the draws.

    Returns:
        Low and high end, in units of the values.
    """
    found = stats.bootstrap(
        (values,),
        np.mean,
        method="percentile",
        random_state=np.random.default_rng(seed),
        n_resamples=RESAMPLES,
        vectorized=True,
        batch=BATCH,
    ).confidence_interval
    return float(found.low), float(found.high)
