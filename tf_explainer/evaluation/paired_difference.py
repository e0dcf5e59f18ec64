"""Whether two runs differ by more than the choice of test images."""

import dataclasses

import numpy as np
from scipy import stats

from tf_explainer.errors import InputError
from tf_explainer.evaluation.bootstrap_interval import (
    BATCH,
    RESAMPLES,
    bootstrap_interval,
)


@dataclasses.dataclass(frozen=True)
class PairedDifference:
    """Two means over the same images, and what tells them apart.

    Args:
        one: Mean of the first run.
        other: Mean of the second run.
        difference: `other - one`.
        interval: 95 % bootstrap interval of the difference, low and high.
        p_value: Of the paired permutation test, two-sided.
    """

    one: float
    other: float
    difference: float
    interval: tuple[float, float]
    p_value: float


def paired_difference(
    one: np.ndarray, other: np.ndarray, seed: int = 0
) -> PairedDifference:
    """Compares two values of each image.

    The interval is the percentile bootstrap over images; the p-value that of
    the permutation test that exchanges the two values of an image. They speak
    of other test images, not of other seeds of the training: for these, train
    again.

    Args:
        one: float `(images,)`, of the first run.
        other: float `(images,)`, of the second run, in the same order.
        seed: Seed of the draws.

    Returns:
        The difference with its interval and p-value.

    Raises:
        InputError: If the two do not have the same number of images, or
            fewer than two.
    """
    if one.shape != other.shape or one.ndim != 1 or len(one) < 2:
        raise InputError(
            "`one` and `other` must hold one value for each of at least two "
            f"images, received {one.shape} and {other.shape}."
        )
    gap = np.asarray(other, np.float64) - np.asarray(one, np.float64)
    means = float(one.mean()), float(other.mean()), float(gap.mean())
    if not gap.any():
        return PairedDifference(*means, (0.0, 0.0), 1.0)
    test = stats.permutation_test(
        (gap,),
        np.mean,
        permutation_type="samples",
        random_state=np.random.default_rng(seed),
        n_resamples=RESAMPLES,
        vectorized=True,
        batch=BATCH,
    )
    return PairedDifference(
        *means, bootstrap_interval(gap, seed), float(test.pvalue)
    )
