"""Height and width of stored images."""

from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from tf_explainer.datasets.encoded_images import read_header
from tf_explainer.datasets.stored_split import quiet
from tf_explainer.errors import InputError

_UPRIGHT = 1


def stored_sides(builder: Any, split: str, key: str) -> np.ndarray:
    """Returns the height and width of each image, from the files' headers.

    Args:
        builder: A prepared tfds data set.
        split: Name of the split, or a part of it.
        key: Name of the image's feature.

    Returns:
        Float64 `(images, 2)`, in pixels.

    Raises:
        InputError: If an image has an EXIF orientation. tfds hands it out as
            it is stored, and nothing tells for which the landmarks are.
    """
    with quiet():
        files = builder.as_dataset(
            split=split,
            decoders={key: tfds.decode.SkipDecoding()},
            read_config=tfds.ReadConfig(
                interleave_cycle_length=1, try_autocache=False
            ),
        )

    def numbers(row: Any) -> Any:
        header = read_header(row[key])
        return tf.stack([header.height, header.width, header.orientation])

    read = files.map(numbers, num_parallel_calls=tf.data.AUTOTUNE).batch(1024)
    table = np.concatenate([*read.as_numpy_iterator()])
    tagged = np.nonzero(table[:, 2] != _UPRIGHT)[0]
    if len(tagged):
        first = int(tagged[0])
        raise InputError(
            f"Data set {builder.name!r}: {len(tagged)} images of {split!r} "
            "have an EXIF orientation, which tfds does not apply, and may be "
            f"annotated as stored or turned; the first is image {first} with "
            f"orientation {table[first, 2]}. Store them without."
        )
    return table[:, :2].astype("float64")
