"""Image files as a dataset."""

from collections.abc import Sequence
from pathlib import Path

import tensorflow as tf

from tf_explainer.datasets.encoded_images import read_image


def image_files(
    paths: Sequence[Path], size: int, apply_orientation: bool = False
) -> tf.data.Dataset:
    """Returns a dataset that reads image files when it is iterated.

    Args:
        paths: The files, in order.
        size: Height and width of the images handed out, in pixels.
        apply_orientation: Whether images are turned as their EXIF
            orientation says, or left as stored.

    Returns:
        Unbatched dataset of uint8 RGB images `(size, size, 3)`.
    """

    def read(path: tf.Tensor) -> tf.Tensor:
        data = tf.io.read_file(path)
        problem, image = read_image(data, size, size, apply_orientation)
        told = tf.strings.join([path, ": ", problem])
        with tf.control_dependencies([tf.Assert(problem == "", [told])]):
            return tf.identity(image)

    names = [str(path) for path in paths]
    return tf.data.Dataset.from_tensor_slices(names).map(
        read, num_parallel_calls=tf.data.AUTOTUNE
    )
