"""Images kept in memory where they fit."""

import numpy as np
import tensorflow as tf

LIMIT = 2 * 2**30


def cached_if_small(images: tf.data.Dataset, count: int) -> tf.data.Dataset:
    """Returns the images, kept in memory if they take no more than 2 GiB.

    Args:
        images: Single images, as they are read.
        count: Number of images.
    """
    spec = images.element_spec
    size = float(np.prod(spec.shape)) * spec.dtype.size * count
    return images.cache() if size <= LIMIT else images
