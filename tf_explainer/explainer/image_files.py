"""Image files as a performer takes them."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.encoded_images import kind_of, read_image
from tf_explainer.datasets.encoded_images.eager import (
    as_function,
    run_on_content,
)
from tf_explainer.errors import InputError


def pixels_of_files(
    paths: Sequence[Path],
    shape: Sequence[int],
    apply_orientation: bool = False,
) -> np.ndarray:
    """Reads image files at the size that a performer takes.

    Args:
        paths: The files: JPEG, PNG, GIF, BMP or WebP.
        shape: `(height, width, channels)` that the performer takes.
        apply_orientation: Whether a file is turned as its EXIF orientation
            says.

    Returns:
        uint8 `(images, height, width, 3)`.

    Raises:
        InputError: If the performer takes no three channels, or a file
            cannot be read.
    """
    read, found = file_reader(shape, apply_orientation), []
    for path in paths:
        pixels = read(path)
        if isinstance(pixels, str):
            raise InputError(
                f"`images` must be image files, received {path}: {pixels}."
            )
        found.append(pixels)
    return np.stack(found)


def file_reader(
    shape: Sequence[int], apply_orientation: bool = False
) -> Callable[[Path], np.ndarray | str]:
    """Returns a function that reads a file, or says why it cannot.

    Args:
        shape: `(height, width, channels)` that the performer takes.
        apply_orientation: See `pixels_of_files`.

    Raises:
        InputError: If the performer takes no three channels.
    """
    read_content = content_reader(shape, apply_orientation)

    def read(path: Path) -> np.ndarray | str:
        try:
            return read_content(Path(path).read_bytes())
        except OSError as error:
            return str(error.strerror)

    return read


def content_reader(
    shape: Sequence[int], apply_orientation: bool = False
) -> Callable[[bytes], np.ndarray | str]:
    """Returns a function that reads what a file holds, or says why it cannot.

    Args:
        shape: `(height, width, channels)` that the performer takes.
        apply_orientation: See `pixels_of_files`.

    Raises:
        InputError: If the performer takes no three channels.
    """
    height, width, channels = shape
    if channels != 3:
        raise InputError(
            "`images` must be arrays where the performer takes images of "
            f"{channels} channels, received files."
        )

    def read(data: bytes) -> np.ndarray | str:
        kind = kind_of(data[:12])
        reader = _reader(height, width, apply_orientation, kind)
        try:
            return run_on_content(reader, data)
        except ValueError as error:
            return str(error)

    return read


# A reader of all kinds takes seconds to trace, and some kinds are read slowly
# without a trace.
@functools.lru_cache(maxsize=16)
def _reader(height: int, width: int, turned: bool, kind: int) -> Any:
    return as_function(
        lambda data: read_image(data, height, width, turned, kind)
    )
