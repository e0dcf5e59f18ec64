"""A grouped convolution as one convolution over all channels."""

import keras
import numpy as np


def dense_kernel(conv: keras.layers.Conv2D) -> np.ndarray:
    """Returns the kernel of the same convolution without groups.

    Args:
        conv: A built conv-layer, in groups or not.

    Returns:
        `(rows, columns, in, out)`, zero where an output channel does not see
        an input channel.
    """
    kernel = keras.ops.convert_to_numpy(conv.kernel)
    if conv.groups == 1:
        return kernel
    rows, columns, depth, filters = kernel.shape
    count = conv.groups
    dense = np.zeros((rows, columns, depth * count, filters), kernel.dtype)
    for group in range(count):
        below = slice(group * depth, (group + 1) * depth)
        above = slice(group * filters // count, (group + 1) * filters // count)
        dense[:, :, below, above] = kernel[..., above]
    return dense
