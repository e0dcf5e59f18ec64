"""Images with `annotations.csv` as a `PartDataset`."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tf_explainer.datasets.category_choice import CategoryChoice
from tf_explainer.datasets.image_folders.annotations import SPLITS, Annotations
from tf_explainer.datasets.image_folders.images import image_files, see_images
from tf_explainer.datasets.image_folders.table import NamedFiles
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.errors import InputError


def open_annotated_folder(
    folder: Path,
    image_size: int,
    categories: Sequence[str] | None = None,
    skip_broken: bool = False,
    negatives: bool = False,
    apply_orientation: bool = False,
) -> PartDataset:
    """Opens a folder with `images/` and `annotations.csv`.

    Every image that takes part is read once, so that a broken one is named
    now and not in the middle of a training.

    Args:
        folder: The folder.
        image_size: Height and width of the images handed out, in pixels.
        categories: Names of the categories that take part, or None for all
            but `background`. One name sets it against all the rest.
        skip_broken: Leave out, and count, the images that cannot be read.
        negatives: Whether the background comes from elsewhere, so that only
            the one category is read.
        apply_orientation: Turn photographs as their EXIF orientation says;
            landmarks then are fractions of the turned image.

    Returns:
        The data set; its images are read when iterated.

    Raises:
        InputError: If something is missing or wrong; the message names it.
    """
    _check_folder(folder)
    annotations = Annotations.read(folder / "annotations.csv")
    return open_rows(
        annotations,
        _find(annotations, folder),
        folder,
        image_size,
        found=sorted(set(annotations.categories.tolist())),
        categories=categories,
        skip_broken=skip_broken,
        negatives=negatives,
        apply_orientation=apply_orientation,
    )


def open_rows(
    annotations: Annotations,
    paths: np.ndarray,
    folder: Path,
    image_size: int,
    found: Sequence[str],
    categories: Sequence[str] | None = None,
    skip_broken: bool = False,
    negatives: bool = False,
    apply_orientation: bool = False,
) -> PartDataset:
    """Opens images of which all else is known.

    Args:
        annotations: One row an image.
        paths: The image of each row.
        folder: The folder, for its name and messages.
        image_size: Height and width of the images handed out, in pixels.
        found: All categories, in the order of the labels.
        categories: See `open_annotated_folder`, as all that follow.
        skip_broken: Leave out, and count, the images that cannot be read.
        negatives: Whether the background comes from elsewhere.
        apply_orientation: Turn photographs as their EXIF orientation says.

    Returns:
        The data set.

    Raises:
        InputError: If a category is unknown or without images, or an image
            cannot be read.
    """
    choice = CategoryChoice.make(
        found, categories, str(folder), negatives=negatives
    )
    positions = [found.index(name) for name in annotations.categories]
    labels = choice.new_labels[positions]
    files = _file_names(annotations)
    seen = see_images(paths[labels >= 0].tolist(), skip_broken)
    whole = np.array([path not in seen.broken for path in paths])
    splits = {}
    for split in SPLITS:
        chosen = (labels >= 0) & (annotations.splits == split)
        kept = chosen & whole
        _check_split(labels[kept], choice, split, folder)
        splits[split] = PartSplit(
            images=image_files(
                paths[kept].tolist(), image_size, apply_orientation
            ),
            labels=labels[kept].astype("int32"),
            landmarks=annotations.landmarks[kept],
            files=tuple(files[kept].tolist()),
            skipped=int((chosen & ~whole).sum()),
            tagged=frozenset(
                files[row]
                for row in np.nonzero(kept)[0]
                if paths[row] in seen.tagged
            ),
        )
    return PartDataset(
        name=folder.resolve().name,
        categories=choice.categories,
        landmark_names=annotations.landmark_names,
        splits=splits,
    )


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError(f"`data`: there is no folder, received '{folder}'.")
    for name in ("images", "annotations.csv"):
        if not (folder / name).exists():
            raise InputError(
                f"`data`: the folder has no {name!r}, received '{folder}'."
            )


def _find(annotations: Annotations, folder: Path) -> np.ndarray:
    """Returns the path of each row's image."""
    named = NamedFiles(folder / "images")
    found = [named.find(name) for name in annotations.written]
    missing = [row for row, paths in enumerate(found) if not paths]
    if missing:
        name = annotations.written[missing[0]]
        more = f" ({len(missing)} files in all)" if len(missing) > 1 else ""
        raise InputError(
            f"{_where(annotations, missing[0], folder)}: `file` {name!r} is "
            f"not in images/{more}.{_missing_hint(name, named)}"
        )
    rows: dict[Path, int] = {}
    for row, paths in enumerate(found):
        where = _where(annotations, row, folder)
        name = annotations.written[row]
        if len(paths) > 1:
            raise InputError(
                f"{where}: `file` {name!r} can be each of "
                f"{[path.name for path in paths]}, whose names differ in "
                "spaces or in how letters are encoded; rename them."
            )
        if paths[0] in rows:
            line = annotations.lines[rows[paths[0]]]
            raise InputError(
                f"{where}: `file` {name!r} is a duplicate of line {line}."
            )
        rows[paths[0]] = row
    return np.array(list(rows), dtype=object)


def _where(annotations: Annotations, row: int, folder: Path) -> str:
    return f"{folder / 'annotations.csv'}, line {annotations.lines[row]}"


def _missing_hint(name: str, named: NamedFiles) -> str:
    slashes = name.replace("\\", "/")
    for other in (slashes, slashes.rpartition("images/")[2]):
        if other != name and named.find(other):
            return f" Write {other!r}: paths begin below images/, with /."
    last = Path(name).name
    parent = (named.folder / name).parent
    beside = sorted(os.listdir(parent)) if parent.is_dir() else []
    for one in beside:
        if one.lower() == last.lower() or Path(one).stem == last:
            return f" Did you mean {one!r}?"
    return ""


def _file_names(annotations: Annotations) -> np.ndarray:
    """The tidy names, unless they make two images one."""
    tidy = annotations.files
    return tidy if len(set(tidy)) == len(tidy) else annotations.written


def _check_split(
    labels: np.ndarray, choice: CategoryChoice, split: str, folder: Path
) -> None:
    if not len(labels):
        raise InputError(
            f"{folder}: split {split!r} has no readable image of "
            f"{list(choice.categories)}."
        )
    for label in set(choice.new_labels.tolist()) - {-1}:
        name = choice.categories[label]
        if split == "train" and label not in labels:
            raise InputError(
                f"{folder}: category {name!r} has no readable image in "
                f"split {split!r}."
            )
