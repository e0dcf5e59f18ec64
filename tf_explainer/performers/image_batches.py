"""Batches of images from whatever the user hands in."""

from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError


def image_batches(
    images: Any, batch_size: int | None = None
) -> tf.data.Dataset:
    """Returns a data set of image batches, float32 `(batch, H, W, 3)`.

    Args:
        images: Array `(images, H, W, 3)`, or a `tf.data.Dataset` of images,
            batched or not, alone or with labels: tuples `(image, …)` or
            dictionaries with the key `"image"`. Labels are ignored. Values
            are 0–255 unless the performer expects otherwise.
        batch_size: Images in a batch; `None` means 32. A batched data set
            keeps its own.

    Raises:
        InputError: If there is no image in `images`.
    """
    if not isinstance(images, tf.data.Dataset):
        return _from_array(images, batch_size or 32)
    spec = _image_of(images.element_spec)
    if not isinstance(spec, tf.TensorSpec) or spec.shape.rank not in (3, 4):
        raise InputError(
            "`images` must hold images (height, width, channels) or batches "
            f"of them, received a data set of {images.element_spec}."
        )
    if isinstance(images.element_spec, (tuple, list, dict)):
        images = images.map(
            lambda *element: _image_of(
                element if len(element) > 1 else element[0]
            )
        )
    if spec.shape.rank == 3:
        images = images.batch(batch_size or 32)
    return images.map(lambda batch: tf.cast(batch, tf.float32))


def _image_of(element: Any) -> Any:
    if isinstance(element, dict):
        return element.get("image")
    while isinstance(element, (tuple, list)):
        element = element[0]
    return element


def _from_array(images: Any, batch_size: int) -> tf.data.Dataset:
    images = np.asarray(images)
    if images.ndim != 4 or images.dtype.kind not in "uif":
        raise InputError(
            "`images` must be an array (images, height, width, channels) or "
            f"a tf.data.Dataset, received {images.dtype} {images.shape}."
        )
    if len(images) == 0:
        raise InputError("`images` must not be empty, received 0 images.")
    finite = np.isfinite(images).all(axis=(1, 2, 3))
    if not finite.all():
        raise InputError(
            "`images` must be finite, received NaN or infinity in image "
            f"{int(np.argmin(finite))} (counted from 0)."
        )
    batches = tf.data.Dataset.from_tensor_slices(images).batch(batch_size)
    return batches.map(lambda batch: tf.cast(batch, tf.float32))
