"""Images of a folder that cannot be read, or are tagged as not upright."""

import dataclasses
import functools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import tensorflow as tf
from rich.progress import track

from tf_explainer.datasets.encoded_images import read_header, read_image
from tf_explainer.datasets.rgb_image import BROKEN, as_function, run_reader
from tf_explainer.errors import InputError

# JPEG files are decoded at a fraction of their size, yet read to the end.
_SIZE = 8
_MANY = 200
_UPRIGHT = 1


@dataclasses.dataclass(frozen=True)
class SeenImages:
    """What one look at image files told.

    Attributes:
        broken: The files that cannot be read, each with the reason in one
            line.
        tagged: Those of the others with an EXIF orientation other than 1,
            which is upright.
    """

    broken: dict[Path, str]
    tagged: frozenset[Path]


def see_images(
    paths: Sequence[Path], skip_broken: bool = True, what: str = ""
) -> SeenImages:
    """Reads all images once, in parallel, each to its end.

    Args:
        paths: Image files.
        skip_broken: Whether some may be broken.
        what: What the message begins with, such as an argument.

    Raises:
        InputError: If some are broken and may not be.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        told = track(
            pool.map(_see, paths),
            description="Checking images",
            total=len(paths),
            disable=len(paths) <= _MANY,
            transient=True,
        )
        seen = dict(zip(paths, told, strict=True))
    broken = {path: one for path, one in seen.items() if isinstance(one, str)}
    if broken and not skip_broken:
        listed = [f"{path} ({why})" for path, why in broken.items()]
        raise InputError(
            f"{what}{len(broken)} of {len(paths)} images cannot be read; mend "
            f"them or leave them out with `skip_broken`: {'; '.join(listed)}."
        )
    tagged = [
        path
        for path, one in seen.items()
        if path not in broken and one != _UPRIGHT
    ]
    return SeenImages(broken, frozenset(tagged))


def _see(path: Path) -> int | str:
    """Returns the orientation, or why the image cannot be read."""
    try:
        return int(run_reader(_reader(), path))
    except BROKEN as error:
        return " ".join(str(error).split()) or type(error).__name__


@functools.cache
def _reader() -> Callable[[Any], Any]:
    def read(data: Any) -> tuple[Any, Any]:
        problem, image = read_image(data, _SIZE, _SIZE)
        # The pixels are decoded though nobody wants them.
        with tf.control_dependencies([image]):
            return problem, tf.identity(read_header(data).orientation)

    return as_function(read)
