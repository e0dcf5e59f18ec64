"""Arrays of images, and whether they are what they should be."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError


def array_of(images: Any, name: str = "images") -> np.ndarray:
    """Returns images that are all there as one array of finite numbers.

    Args:
        images: Array or tensor `(images, height, width, channels)`, or a
            list of images.
        name: The argument that they are, for messages.

    Raises:
        InputError: If they are none, of several sizes, or not finite.
    """
    if isinstance(images, list | tuple):
        return array_of_list(images, name)
    images = numbers(images, name)
    if images.dtype == object and images.ndim == 1:
        return array_of_list(list(images), name)
    if images.ndim != 4 or images.dtype.kind not in "uif":
        single = "; of a single image hand in `image[None]`"
        raise InputError(
            f"`{name}` must be an array (images, height, width, channels) or "
            "a tf.data.Dataset or the like, received "
            f"{images.dtype} {images.shape}{single * (images.ndim == 3)}."
        )
    if len(images) == 0:
        raise InputError(f"`{name}` must not be empty, received 0 images.")
    if images.dtype.kind == "f":
        _check_finite(images, name)
    return images


def numbers(values: Any, name: str) -> np.ndarray:
    """Returns an array of numbers; bfloat16 becomes float32.

    Args:
        values: Array or tensor, also of PyTorch, or nested lists.
        name: The argument that it is, for messages.

    Raises:
        InputError: If it is none.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"`{name}` must hold arrays of numbers, received {kind_of(values)}."
        ) from error
    # numpy knows no such kind.
    return array.astype("float32") if array.dtype == tf.bfloat16 else array


def array_of_list(images: Sequence[Any], name: str) -> np.ndarray:
    """Returns `array_of` of single images.

    Args:
        images: Arrays `(height, width, channels)`, or one array of all.
        name: The argument that they are, for messages.

    Raises:
        InputError: See `array_of`.
    """
    if not len(images):
        raise InputError(f"`{name}` must not be empty, received 0 images.")
    arrays = [numbers(one, name) for one in images]
    if len(arrays) == 1 and arrays[0].ndim == 4:
        return array_of(arrays[0], name)
    sizes = {one.shape: index for index, one in reversed([*enumerate(arrays)])}
    if len(sizes) > 1:
        (one, first), (other, second) = sorted(
            sizes.items(), key=lambda found: found[1]
        )[:2]
        raise InputError(
            f"`{name}` must hold images of one size, received {one} as image "
            f"{first} and {other} as image {second} (counted from 0)."
        )
    return array_of(np.stack(arrays), name)


def _check_finite(images: np.ndarray, name: str) -> None:
    # One after the other: a mask of all of them would take as much again.
    bad = [i for i, one in enumerate(images) if not np.isfinite(one).all()]
    if bad:
        others = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
        raise InputError(
            f"`{name}` must be finite, received NaN or infinity in image "
            f"{bad[0]}{others} of {len(images)} (counted from 0)."
        )


def kind_of(data: Any) -> str:
    """Returns what something is, for messages.

    Args:
        data: Anything.
    """
    return "None" if data is None else f"a {type(data).__name__}"
