"""Which images of a folder cannot be read, or are tagged as not upright."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.progress import track

from tf_explainer.datasets.annotated_folder.decode_image import decode_image
from tf_explainer.datasets.rgb_image import BROKEN, file_header

# JPEG files are decoded at a fraction of their size, yet read to the end.
_SIZE = 8
_MANY = 200


def broken_images(paths: Sequence[Path]) -> dict[Path, str]:
    """Reads all images once, in parallel, each to its end.

    Args:
        paths: Image files.

    Returns:
        The files that cannot be read, each with the reason in one line.
    """
    found = dict(zip(paths, _of_all(_reason, paths), strict=True))
    return {path: reason for path, reason in found.items() if reason}


def tagged_images(paths: Sequence[Path]) -> set[Path]:
    """Reads the heads of images, in parallel.

    Args:
        paths: Image files that can be read.

    Returns:
        The files with an EXIF orientation other than 1, which is upright.
    """
    found = zip(paths, _of_all(_orientation, paths), strict=True)
    return {path for path, orientation in found if orientation != 1}


def _of_all(look: Callable[[Path], Any], paths: Sequence[Path]) -> list[Any]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = track(
            pool.map(look, paths),
            description="Checking images",
            total=len(paths),
            disable=len(paths) <= _MANY,
            transient=True,
        )
        return list(found)


def _orientation(path: Path) -> int:
    return file_header(path).orientation


def _reason(path: Path) -> str:
    try:
        decode_image(path, _SIZE)
    except BROKEN as error:
        return " ".join(str(error).split()) or type(error).__name__
    return ""
