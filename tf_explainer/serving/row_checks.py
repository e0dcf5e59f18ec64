"""Whether rows are what a signature takes, and what it tells is a number."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image

from tf_explainer.datasets.encoded_images.eager import content_header
from tf_explainer.errors import InputError

_KINDS = ("JPEG", "PNG", "GIF", "BMP", "WEBP")
_UNREAD = (
    *(OSError, ValueError),
    *(Image.DecompressionBombError, Image.DecompressionBombWarning),
)


def checked(name: str, value: Any, spec: tf.TensorSpec) -> np.ndarray:
    """Returns rows in the type and shape that a signature takes.

    Args:
        name: Of the input, for messages.
        value: The rows.
        spec: What is taken.

    Raises:
        InputError: If they have another shape, or are not finite.
    """
    if spec.dtype == tf.string:
        return np.asarray(list(value), object)
    kind = spec.dtype.as_numpy_dtype
    wanted = ", ".join(str(side) for side in spec.shape[1:])
    words = f"(batch, {wanted})" if wanted else "(batch,)"
    whole = np.issubdtype(kind, np.integer)
    try:
        array = np.asarray(value)
        if array.dtype.kind not in ("iu" if whole else "iuf"):
            raise ValueError(array.dtype)
        # What is too large for it becomes infinite, and is refused.
        with np.errstate(over="ignore"):
            array = array.astype(kind)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            f"`{name}` must be {words} {'whole ' if whole else ''}numbers, "
            "received rows of unequal lengths, or something else."
        ) from error
    if array.shape[1:] != tuple(spec.shape[1:]) or not len(array):
        raise InputError(f"`{name}` must be {words}, received {array.shape}.")
    if not np.isfinite(array).all():
        raise InputError(f"`{name}` must be finite, received NaN or infinity.")
    return array


def check_finite(answer: Mapping[str, np.ndarray]) -> None:
    """Refuses an answer that JSON could not tell.

    Args:
        answer: Name to rows, one an image.

    Raises:
        InputError: If one is NaN or infinite.
    """
    for value in answer.values():
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            rows = np.isfinite(value).reshape(len(value), -1).all(axis=1)
            raise InputError(
                f"image {int(np.argmin(rows))}: its numbers are too large for "
                "the model, whose answer is not finite."
            )


def check_pixels(files: Sequence[bytes], most: int | None) -> None:
    """Refuses files by what they say of themselves: no pixel is decoded.

    Args:
        files: Encoded images.
        most: Pixels of all of them; `None` for any number that is read.

    Raises:
        InputError: If one cannot be read, or they have too many pixels.
    """
    total = 0
    for index, file in enumerate(files):
        try:
            total += _pixels(file)
        except ValueError as error:
            raise InputError(f"image {index}: {error}.") from error
    if most is not None and total > most:
        raise InputError(
            f"the images must have {most:,} pixels together at most, received "
            f"{total:,}."
        )


def _pixels(file: bytes) -> int:
    try:
        with Image.open(io.BytesIO(file), formats=_KINDS) as image:
            return image.width * image.height
    except _UNREAD:
        # It knows why, and takes twenty times as long.
        header = content_header(file)
        return header.height * header.width
