"""Other samples of the same images."""

import numpy as np


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
