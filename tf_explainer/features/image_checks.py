"""Whether images are what they should be, told in one line."""

import contextlib
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

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


# A data set can raise nothing but errors of TensorFlow's, which hold ours.
_FAULT = re.compile(
    r"(?:assertion failed: \[|InputError: )(`[^\n]*\.)\]?(?=\n|$)"
)
_COUNT = re.compile(r"to contain (\d+) elements? but (contained [^.\n]*)")


def refuse_unless(holds: Any, *words: Any) -> None:
    """Lets a data set end in `InputError` where something does not hold.

    For functions of `tf.data.Dataset.map`; see `told_faults`.

    Args:
        holds: Scalar bool tensor.
        *words: The message's pieces, texts or scalar tensors; the first one
            begins with the argument in backticks.
    """
    texts = [
        w if isinstance(w, str) else tf.strings.as_string(w) for w in words
    ]
    tf.debugging.Assert(holds, [tf.strings.join(texts)])


def shape_text(shape: Any) -> Any:
    """Returns `(height, width, channels)` as a string tensor.

    Args:
        shape: Whole numbers, `(rank,)`.
    """
    sizes = tf.strings.reduce_join(tf.strings.as_string(shape), separator=", ")
    return tf.strings.join(["(", sizes, ")"])


@contextlib.contextmanager
def told_faults(
    name: str = "images", any_length: bool = False
) -> Iterator[None]:
    """Turns what `refuse_unless` found into an `InputError`.

    Args:
        name: The argument that holds the images.
        any_length: Whether data may end where they will.

    Raises:
        InputError: In place of TensorFlow's error.
    """
    try:
        with warnings.catch_warnings():
            if any_length:
                # Keras says so of all data whose length it did not know.
                warnings.filterwarnings("ignore", "Your input ran out of data")
            yield
    except tf.errors.OpError as error:
        if found := _FAULT.search(error.message):
            raise InputError(found[1]) from error
        if found := _COUNT.search(error.message):
            raise InputError(
                f"`{name}` must hold as much as its length says, and a label "
                f"for each image: {found[1]} were expected, it {found[2]}."
            ) from error
        raise


def finite_images(images: Any, features: Mapping[str, Any]) -> Any:
    """Returns which images can be spoken of, bool `(batch,)`.

    ReLU and max pooling may take NaN for 0, so a broken image can lead to
    scores that look like any others: the pixels themselves are asked.

    Args:
        images: `(batch, H, W, channels)`, or `None` if they are gone.
        features: What the performer makes of them, see `Attachment`.
    """
    asked = [features["target"], features["scores"]]
    asked += [] if images is None else [images]
    finite = True
    for values in asked:
        inner = tuple(range(1, len(values.shape)))
        seen = ops.isfinite(ops.cast(values, "float32"))
        finite = ops.logical_and(finite, ops.all(seen, axis=inner))
    return finite


def nan_unless(finite: Any, values: Any) -> Any:
    """Returns values with NaN for every image that is not finite.

    Args:
        finite: bool `(batch,)`, from `finite_images`.
        values: A float tensor with the images on its first axis, or a
            structure of such.
    """

    def masked(one: Any) -> Any:
        column = ops.reshape(finite, (-1,) + (1,) * (len(one.shape) - 1))
        return ops.where(column, one, ops.cast(float("nan"), one.dtype))

    return keras.tree.map_structure(masked, values)
