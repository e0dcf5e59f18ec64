"""Means of what is known, and how far they would move with other images."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
from scipy import stats


def known_numbers(numbers: Mapping[str, float]) -> dict[str, float]:
    """Returns the finite ones; what cannot be computed is left out.

    Args:
        numbers: Name to value, NaN or infinite where there is none.
    """
    return {
        name: value for name, value in numbers.items() if math.isfinite(value)
    }


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


def image_draws(
    images: int, resamples: int, seed: int | np.random.Generator = 0
) -> np.ndarray:
    """Returns how often each image counts in each bootstrap resample.

    Counts let all resamples be one matrix product.

    Args:
        images: Number of images.
        resamples: Number of draws, each of as many images.
        seed: Seed of the draws, or a generator that goes on.

    Returns:
        int64 `(resamples, images)`; each row adds up to `images`.
    """
    shares = np.full(images, 1 / images)
    generator = np.random.default_rng(seed)
    return generator.multinomial(images, shares, size=resamples)


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


@dataclasses.dataclass(frozen=True)
class ImageRatios:
    """The mean over filters of `sum above / sum below`, sums over images.

    Skill is one: the error that a filter saves, by that of the constant. So
    is PCK: landmarks found, by landmarks seen. A plain mean over images is
    the same with ones below.

    Args:
        above: float64 `(images, filters)`.
        below: float64 `(images, filters)`, 0 or more; each filter's sum is
            above 0.
    """

    above: np.ndarray
    below: np.ndarray

    @classmethod
    def of_values(cls, values: np.ndarray) -> "ImageRatios":
        """Returns the plain mean of one value for each image.

        Args:
            values: `(images,)`.
        """
        above = np.asarray(values, np.float64)[:, None]
        return cls(above, np.ones_like(above))

    @property
    def value(self) -> float:
        """The measure; NaN without filters."""
        return float(self.by_image.mean()) if self.above.size else float("nan")

    @property
    def by_image(self) -> np.ndarray:
        """What each image adds to `value`, times the number of images.

        float64 `(images,)`, with the sums below held as they are.
        """
        share = self.above / self.below.sum(axis=0)
        return len(share) * share.mean(axis=1)

    def by_filter(self, draws: np.ndarray) -> np.ndarray:
        """Returns the ratio of each filter in other samples of the images.

        Args:
            draws: How often each image counts, `(draws, images)`; see
                `image_draws`.

        Returns:
            float64 `(draws, filters)`; NaN where a draw misses every image
            that counts below, as it may those of a rare landmark.
        """
        total = draws @ self.below
        seen = total > 0
        ratio = (draws @ self.above) / np.where(seen, total, 1.0)
        return np.where(seen, ratio, np.nan)

    def drawn(self, draws: np.ndarray) -> np.ndarray:
        """Returns the measure in other samples of the images.

        Args:
            draws: See `by_filter`.

        Returns:
            float64 `(draws,)`.
        """
        return mean_of_known(self.by_filter(draws), axis=1)


def exchanged_images(
    labels: np.ndarray, generator: np.random.Generator
) -> np.ndarray:
    """Returns for each image another one of its category.

    Args:
        labels: int `(images,)`, category of each image.
        generator: Draws the exchange.

    Returns:
        int `(images,)`, indices; an image that is alone in its category
        stands for itself.
    """
    source = np.arange(len(labels))
    for label in np.unique(labels):
        images = generator.permutation(np.flatnonzero(labels == label))
        # One step around a random circle: no image stands for itself.
        source[images] = np.roll(images, 1)
    return source
