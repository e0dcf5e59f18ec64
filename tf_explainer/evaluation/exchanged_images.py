"""Which image stands in for which."""

import numpy as np


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
