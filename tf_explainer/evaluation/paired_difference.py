"""Whether two runs differ by more than the choice of test images."""

import dataclasses

import numpy as np
from scipy import stats

from tf_explainer.errors import InputError
from tf_explainer.evaluation.bootstrap_interval import BATCH, RESAMPLES
from tf_explainer.evaluation.image_draws import image_draws
from tf_explainer.evaluation.image_ratios import ImageRatios


@dataclasses.dataclass(frozen=True)
class PairedDifference:
    """One measure of two runs, and what tells them apart.

    Args:
        one: Of the first run.
        other: Of the second run.
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
    one: ImageRatios, other: ImageRatios, seed: int = 0
) -> PairedDifference:
    """Compares a measure of two runs on the same images.

    The interval is the percentile bootstrap over images: both measures are
    taken again on each sample. The p-value is that of the permutation test
    that exchanges what an image adds to the two. They speak of other test
    images, not of other seeds of the training: for these, train again.

    Args:
        one: Of the first run.
        other: Of the second run, with the images in the same order.
        seed: Seed of the draws.

    Returns:
        The difference with its interval and p-value.

    Raises:
        InputError: If the two do not have the same number of images, or
            fewer than two.
    """
    images = len(one.above)
    if images != len(other.above) or images < 2:
        raise InputError(
            "`one` and `other` must be of the same two images or more, "
            f"received {images} and {len(other.above)}."
        )
    gap = other.by_image - one.by_image
    values = one.value, other.value, other.value - one.value
    if not gap.any():
        return PairedDifference(*values, (0.0, 0.0), 1.0)
    test = stats.permutation_test(
        (gap,),
        np.mean,
        permutation_type="samples",
        random_state=np.random.default_rng(seed),
        n_resamples=RESAMPLES,
        vectorized=True,
        batch=BATCH,
    )
    gaps = _drawn_gaps(one, other, seed)
    low, high = (float(end) for end in np.nanquantile(gaps, [0.025, 0.975]))
    return PairedDifference(*values, (low, high), float(test.pvalue))


def _drawn_gaps(one: ImageRatios, other: ImageRatios, seed: int) -> np.ndarray:
    # In batches: all draws of many images at once would fill the memory.
    generator = np.random.default_rng(seed)
    gaps = []
    for start in range(0, RESAMPLES, BATCH):
        size = min(BATCH, RESAMPLES - start)
        draws = image_draws(len(one.above), size, generator)
        gaps.append(other.drawn(draws) - one.drawn(draws))
    return np.concatenate(gaps)
