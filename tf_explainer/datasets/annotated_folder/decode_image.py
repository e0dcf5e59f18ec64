"""An image file of any kind as RGB of one size."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.encoded_images import read_image
from tf_explainer.datasets.rgb_image import as_function, run_reader


def decode_image(
    path: Path, size: int, apply_orientation: bool = False
) -> np.ndarray:
    """Reads an image file and scales height and width apart, antialiased.

    Args:
        path: The file: JPEG, PNG, GIF, BMP or WebP.
        size: Height and width of the result, in pixels.
        apply_orientation: Whether the image is turned as its EXIF
            orientation says, or left as stored.

    Returns:
        Uint8 RGB `(size, size, 3)`.

    Raises:
        OSError: If there is no such file.
        ValueError: If it is cut off or damaged, or none that is read.
    """
    return run_reader(_reader(size, apply_orientation), path)


@functools.cache
def _reader(size: int, apply_orientation: bool) -> Callable[[Any], Any]:
    return as_function(
        lambda data: read_image(data, size, size, apply_orientation)
    )
