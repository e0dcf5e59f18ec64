"""The images of a folder, and of the folders in it."""

import dataclasses
import os
from pathlib import Path

from PIL import Image

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
