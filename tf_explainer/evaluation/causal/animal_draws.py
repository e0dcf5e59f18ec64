"""Other samples of the same animals."""

import numpy as np

from tf_explainer.evaluation.image_draws import image_draws

RESAMPLES = 1000


def animal_draws(images: int, seed: int = 0) -> np.ndarray:
    """Returns how often each animal counts, as it is and drawn again.

    The parts of one animal were changed in one image, and all filters saw the
    same ones, so that animals are drawn, not cases or filters.

    Args:
        images: Number of animals.
        seed: Seed of the draws.

    Returns:
        float64 `(1001, images)`: once each in the first row; in the others a
        bootstrap resample each.
    """
    draws = image_draws(images, RESAMPLES, seed)
    return np.concatenate([np.ones((1, images)), draws])
