"""Height and width of stored images."""

import io
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from tf_explainer.datasets.stored_split import quiet


def image_sides(builder: Any, split: str, key: str, count: int) -> np.ndarray:
    """Returns the height and width of each image, from the files' headers.

    Args:
        builder: A prepared tfds data set.
        split: Name of the split, or a part of it.
        key: Name of the image's feature.
        count: How many images there are.

    Returns:
        Float64 `(images, 2)`, in pixels.
    """
    shape = builder.info.features[key].shape
    if shape[0] and shape[1]:
        return np.tile(np.array(shape[:2], "float64"), (count, 1))
    with quiet():
        files = builder.as_dataset(
            split=split,
            decoders={key: tfds.decode.SkipDecoding()},
            read_config=tfds.ReadConfig(
                interleave_cycle_length=1, try_autocache=False
            ),
        )
    sides = []
    for row in files:
        with Image.open(io.BytesIO(row[key].numpy())) as image:
            sides.append((image.height, image.width))
    return np.array(sides, "float64")
