"""A performer small enough for tests."""

import keras
import numpy as np

from tf_explainer.performers import PERFORMERS


def toy_performer(classes: int = 3, seed: int = 0) -> keras.Model:
    """Returns an untrained `small_cnn` of 32-pixel images with 4 × 4 maps.

    Args:
        classes: Number of categories.
        seed: Seed of its weights.
    """
    keras.utils.set_random_seed(seed)
    return PERFORMERS.get("small_cnn")(classes, image_size=32, width=4, units=8)


def toy_images(count: int = 12, seed: int = 0) -> np.ndarray:
    """Returns random images for `toy_performer`, float32, values 0–255.

    Args:
        count: Number of images.
        seed: Seed of their values.
    """
    random = np.random.default_rng(seed)
    return random.uniform(0, 255, (count, 32, 32, 3)).astype("float32")
