"""An image file as RGB, and what its head says, outside of a graph."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image

from tf_explainer.datasets.encoded_images.image_header import (
    DAMAGED,
    ImageHeader,
)
from tf_explainer.datasets.encoded_images.reading import (
    read_header,
    read_pixels,
)

# What is raised here on a file that is missing, cut off or no image.
BROKEN = (OSError, ValueError)


def rgb_image(path: Path, apply_orientation: bool = False) -> Image.Image:
    """Reads an image file to its end, at its full size; see `read_pixels`.

    Args:
        path: The file: JPEG, PNG, GIF, BMP or WebP.
        apply_orientation: Whether the image is turned as its EXIF
            orientation says, or left as stored.

    Returns:
        The image.

    Raises:
        OSError: If there is no such file.
        ValueError: If it is cut off or damaged, or none that is read.
    """
    reader = _pixels_reader(apply_orientation)
    return Image.fromarray(run_reader(reader, path))


def file_header(path: Path) -> ImageHeader:
    """Reads what an image file says of itself; no pixel is decoded.

    Args:
        path: The file.

    Returns:
        Its header as plain numbers, without `facts`.

    Raises:
        OSError: If there is no such file.
        ValueError: If it is none that is read.
    """
    return content_header(Path(path).read_bytes())


def content_header(data: bytes) -> ImageHeader:
    """Does the same as `file_header` with a file's content.

    Args:
        data: The content.

    Returns:
        Its header as plain numbers, without `facts`.

    Raises:
        ValueError: If it is none that is read.
    """
    height, width, orientation = map(
        int, run_on_content(_header_reader(), data)
    )
    return ImageHeader("", height, width, orientation, ())


def run_reader(reader: Callable[[Any], Any], path: Path) -> np.ndarray:
    """Reads a file by operations of TensorFlow.

    Args:
        reader: Takes the file's content; returns why it is refused, or an
            empty text, and a tensor.
        path: The file.

    Returns:
        The tensor.

    Raises:
        OSError: If there is no such file.
        ValueError: If it is refused, or the operations fail on it.
    """
    return run_on_content(reader, Path(path).read_bytes())


def run_on_content(reader: Callable[[Any], Any], data: bytes) -> np.ndarray:
    """Does the same with the content of a file.

    Args:
        reader: See `run_reader`.
        data: The content.

    Returns:
        The tensor.

    Raises:
        ValueError: If it is refused, or the operations fail on it.
    """
    try:
        with tf.device("CPU"):
            problem, found = reader(tf.constant(data))
    except tf.errors.ResourceExhaustedError:
        # The file is not to blame.
        raise
    except tf.errors.OpError as error:
        raise ValueError(DAMAGED) from error
    if reason := problem.numpy().decode():
        raise ValueError(reason)
    return found.numpy()


def as_function(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Returns a reader that is traced once for all files.

    Args:
        read: Takes a file's content, a scalar string tensor.
    """
    content = tf.TensorSpec((), tf.string)
    return tf.function(read, input_signature=[content], autograph=False)


@functools.cache
def _pixels_reader(apply_orientation: bool) -> Callable[[Any], Any]:
    return as_function(
        lambda data: read_pixels(data, apply_orientation=apply_orientation)
    )


@functools.cache
def _header_reader() -> Callable[[Any], Any]:
    def read(data: Any) -> tuple[Any, Any]:
        header = read_header(data)
        numbers = header.height, header.width, header.orientation
        return header.problem, tf.stack(numbers)

    return as_function(read)
