"""Image files as a dataset."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.annotated_folder.decode_image import decode_image


def image_files(paths: Sequence[Path], size: int) -> tf.data.Dataset:
    """Returns a dataset that reads image files when it is iterated.

    Args:
        paths: The files, in order.
        size: Height and width of the images handed out, in pixels.

    Returns:
        Unbatched dataset of uint8 RGB images `(size, size, 3)`.
    """

    def read(path: bytes) -> np.ndarray:
        return decode_image(Path(path.decode()), size)

    def read_in_graph(path: tf.Tensor) -> tf.Tensor:
        image = tf.numpy_function(read, [path], tf.uint8)
        return tf.ensure_shape(image, (size, size, 3))

    names = [str(path) for path in paths]
    return tf.data.Dataset.from_tensor_slices(names).map(
        read_in_graph, num_parallel_calls=tf.data.AUTOTUNE
    )
