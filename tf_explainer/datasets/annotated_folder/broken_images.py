"""Which images of a folder cannot be read, found before they are needed."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.progress import track

from tf_explainer.datasets.annotated_folder.decode_image import decode_image
from tf_explainer.datasets.rgb_image import BROKEN

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
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        reasons = track(
            pool.map(_reason, paths),
            description="Checking images",
            total=len(paths),
            disable=len(paths) <= _MANY,
            transient=True,
        )
        found = dict(zip(paths, reasons, strict=True))
    return {path: reason for path, reason in found.items() if reason}


def _reason(path: Path) -> str:
    try:
        decode_image(path, _SIZE)
    except BROKEN as error:
        return " ".join(str(error).split()) or type(error).__name__
    return ""
