"""A user's own images as a `PartDataset`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tf_explainer.datasets.annotated_folder.annotations import (
    SPLITS,
    Annotations,
)
from tf_explainer.datasets.annotated_folder.broken_images import (
    broken_images,
    tagged_images,
)
from tf_explainer.datasets.annotated_folder.image_files import image_files
from tf_explainer.datasets.category_choice import CategoryChoice
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.part_split import PartSplit
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
    found = sorted(set(annotations.categories.tolist()))
    choice = CategoryChoice.make(
        found, categories, str(folder), negatives=negatives
    )
    positions = [found.index(name) for name in annotations.categories]
    labels = choice.new_labels[positions]
    paths = np.array(
        [folder / "images" / name for name in annotations.files], dtype=object
    )
    _check_present(annotations, paths, folder)
    broken = _broken(paths[labels >= 0].tolist(), skip_broken)
    whole = np.array([path not in broken for path in paths])
    tagged = tagged_images(paths[(labels >= 0) & whole].tolist())
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
            files=tuple(annotations.files[kept].tolist()),
            skipped=int((chosen & ~whole).sum()),
            tagged=frozenset(
                annotations.files[row]
                for row in np.nonzero(kept)[0]
                if paths[row] in tagged
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


def _check_present(
    annotations: Annotations, paths: np.ndarray, folder: Path
) -> None:
    missing = [row for row, path in enumerate(paths) if not path.is_file()]
    if missing:
        first = missing[0]
        more = f" ({len(missing)} files in all)" if len(missing) > 1 else ""
        raise InputError(
            f"{folder / 'annotations.csv'}, line {annotations.lines[first]}: "
            f"`file` {annotations.files[first]!r} is not in images/{more}."
        )


def _broken(paths: list[Path], skip_broken: bool) -> dict[Path, str]:
    broken = broken_images(paths)
    if broken and not skip_broken:
        listed = [f"{path} ({why})" for path, why in broken.items()]
        raise InputError(
            f"{len(broken)} of {len(paths)} images cannot be read; mend them "
            f"or leave them out with `skip_broken`: {'; '.join(listed)}."
        )
    return broken


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
