"""Where pictures of images go, and what they are called."""

from collections.abc import Sequence
from pathlib import Path

from tf_explainer.datasets.image_folders.images import ImagesBelow
from tf_explainer.errors import InputError
from tf_explainer.runs.claim import told_if_read_only
from tf_explainer.runs.explained_run import name_text

# Marks a folder as ours, as it does that of a run.
_MARK = ".tf_explainer"
# Bytes; file systems take 255 with what is added.
_LONGEST = 160


def images_of(given: Sequence[Path]) -> list[Path]:
    """Returns image files, each once, those of folders in their place.

    Args:
        given: Files, which need not exist, and folders.

    Raises:
        InputError: If there are none.
    """
    found: dict[Path, None] = {}
    for path in map(Path, given):
        below = ImagesBelow.of(path).images if path.is_dir() else (path,)
        if not below:
            raise InputError(
                f"`IMAGE` must be an image or a folder of images, received "
                f"the folder {path} without any."
            )
        found.update(dict.fromkeys(below))
    return list(found)


def open_pictures(out: Path) -> Path:
    """Returns a folder for pictures, made if it is missing.

    Args:
        out: The folder.

    Raises:
        InputError: If it is a file, holds files of somebody else, or cannot
            be written.
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise InputError(f"`--out` must be a folder, received the file {out}.")
    if out.is_dir() and any(out.iterdir()) and not (out / _MARK).is_dir():
        raise InputError(
            "`--out` holds files that tf-explainer did not write, received "
            f"{out}. Choose another folder."
        )
    with told_if_read_only(out):
        (out / _MARK).mkdir(parents=True, exist_ok=True)
    return out


def picture_names(paths: Sequence[Path], folder: Path) -> dict[Path, str]:
    """Returns the name of each image's picture, all of them different.

    Args:
        paths: Image files.
        folder: Where the pictures go; an image that lies there keeps its
            name for itself.
    """
    place = folder.resolve()
    taken = {
        path.name.casefold() for path in paths if path.parent.resolve() == place
    }
    names = {}
    for path in paths:
        stem, number = _stem(path), 1
        name = f"{stem}.png"
        # Some file systems take capital letters for small ones.
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}.png"
        taken.add(name.casefold())
        names[path] = name
    return names


def _stem(path: Path) -> str:
    stem = name_text(Path(path.stem)).lstrip(".")
    return stem.encode()[:_LONGEST].decode(errors="ignore") or "image"
