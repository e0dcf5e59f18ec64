"""The images of a folder: found, looked at, read."""

import dataclasses
import functools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import tensorflow as tf
from PIL import Image
from rich.progress import track

from tf_explainer.datasets.encoded_images import read_header, read_image
from tf_explainer.datasets.encoded_images.eager import (
    BROKEN,
    as_function,
    run_reader,
)
from tf_explainer.errors import InputError

# What systems leave in folders, in small letters.
_OF_SYSTEMS = ("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "icon\r")
# What Pillow knows by name and cannot read: videos and tables.
_NO_IMAGES = ("BUFR", "GRIB", "HDF5", "IPTC", "MPEG", "WMF")


@dataclasses.dataclass(frozen=True)
class ImagesBelow:
    """The files below a folder, hidden ones and those of systems left out.

    Attributes:
        images: Files whose ending is that of an image, sorted.
        others: All other files, sorted.
    """

    images: tuple[Path, ...]
    others: tuple[Path, ...]

    @classmethod
    def of(cls, folder: Path) -> "ImagesBelow":
        """Looks through a folder, its folders and those it links to.

        Args:
            folder: An existing folder.

        Raises:
            InputError: If a folder cannot be read, or a name is no text.
        """
        # A link to a folder that it lies in leads round and round.
        above = frozenset(map(os.path.realpath, folder.absolute().parents))
        files = sorted(_walk(folder, above))
        images = tuple(path for path in files if is_image(path))
        return cls(images, tuple(path for path in files if not is_image(path)))


def is_image(path: Path) -> bool:
    """Whether a file has the ending of an image that can be read.

    Args:
        path: The file; it is not opened.
    """
    kind = Image.registered_extensions().get(path.suffix.lower())
    return kind in Image.OPEN and kind not in _NO_IMAGES


def visible(folder: Path) -> list[Path]:
    """Returns what lies in a folder, sorted; what is hidden is left out.

    Args:
        folder: An existing folder.

    Raises:
        InputError: If it cannot be read, or a name is no text.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise InputError(
            f"'{folder}' cannot be read: {error.strerror}."
        ) from error
    for name in names:
        if not name.isascii() and name != os.fsencode(name).decode(
            errors="replace"
        ):
            raise InputError(
                f"'{folder}' holds a name that is not UTF-8; rename it, "
                f"received {name!r}."
            )
    return [
        folder / name
        for name in names
        if not name.startswith(".") and name.lower() not in _OF_SYSTEMS
    ]


def _walk(folder: Path, above: frozenset[str]) -> list[Path]:
    place = os.path.realpath(folder)
    if place in above:
        return []
    found = []
    for path in visible(folder):
        inside = _walk(path, above | {place}) if path.is_dir() else [path]
        found += inside
    return found


def image_files(
    paths: Sequence[Path], size: int, apply_orientation: bool = False
) -> tf.data.Dataset:
    """Returns a dataset that reads image files when it is iterated.

    Args:
        paths: The files, in order.
        size: Height and width of the images handed out, in pixels.
        apply_orientation: Whether images are turned as their EXIF
            orientation says, or left as stored.

    Returns:
        Unbatched dataset of uint8 RGB images `(size, size, 3)`.
    """
    names = [str(path) for path in paths]
    return tf.data.Dataset.from_tensor_slices(names).map(
        _file_reader(size, apply_orientation),
        num_parallel_calls=tf.data.AUTOTUNE,
    )


# Tracing it takes longer than reading some images: once for all splits.
@functools.lru_cache(maxsize=8)
def _file_reader(size: int, apply_orientation: bool) -> Callable[[Any], Any]:
    @tf.function(
        input_signature=[tf.TensorSpec((), tf.string)], autograph=False
    )
    def read(path: tf.Tensor) -> tf.Tensor:
        data = tf.io.read_file(path)
        problem, image = read_image(data, size, size, apply_orientation)
        told = tf.strings.join([path, ": ", problem])
        with tf.control_dependencies([tf.Assert(problem == "", [told])]):
            return tf.identity(image)

    return read.get_concrete_function()


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
