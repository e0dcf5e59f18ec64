"""Measures that are ratios of sums over the test images."""

import dataclasses

import numpy as np

from tf_explainer.evaluation.mean_of_known import mean_of_known


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
