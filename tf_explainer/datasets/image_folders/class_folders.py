"""Folders of images without a table as a `PartDataset`."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.image_folders.annotated_folder import open_rows
from tf_explainer.datasets.image_folders.annotations import Annotations
from tf_explainer.datasets.image_folders.class_files import ClassFiles
from tf_explainer.datasets.image_folders.images import (
    ImagesBelow,
    image_files,
    see_images,
)
from tf_explainer.datasets.image_folders.table import tidy_path
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.datasets.splits import held_out
from tf_explainer.errors import InputError

TEST_SHARE = 0.2


def open_class_folders(
    folder: Path,
    image_size: int,
    test_share: float | None = None,
    seed: int = 0,
    **options: Any,
) -> PartDataset:
    """Opens a folder with one subfolder a category, as Keras takes it.

    Categories have the order of Keras' `image_dataset_from_directory`, but
    for `background`. Images of deeper folders belong to the category, too.
    There are no landmarks. The folder may also hold `train/` and `test/` with
    the subfolders in them.

    Args:
        folder: The folder.
        image_size: Height and width of the images handed out, in pixels.
        test_share: Share of each category's images that is tested on, in
            (0, 1); None for 0.2. Only where the folder has no splits.
        seed: Seed of the choice of these images, the same whatever
            categories take part and whichever images are broken.
        **options: Further arguments of `open_annotated_folder`.

    Returns:
        The data set; its `notes` tell what was left out.

    Raises:
        InputError: If something is missing or wrong; the message names it.
    """
    found = ClassFiles.find(folder)
    paths, names, known = zip(*found.files, strict=True)
    labels = np.array([found.categories.index(name) for name in names])
    notes = list(found.notes)
    splits = np.array(known, object)
    if known[0] is None:
        share = TEST_SHARE if test_share is None else test_share
        splits = _split(labels, found.categories, share, seed)
        notes.insert(0, f"a share of {share:g} of each category is tested on")
    else:
        refuse_test_share(test_share, f"'{folder}' with 'train'")
    written = [path.relative_to(folder).as_posix() for path in paths]
    rows = Annotations(
        lines=np.arange(len(paths)),
        written=np.array(written, object),
        files=np.array([tidy_path(name) for name in written], object),
        categories=np.array(names, object),
        splits=splits,
        landmark_names=(),
        landmarks=np.empty((len(paths), 0, 2), "float32"),
    )
    dataset = open_rows(
        rows,
        np.array(paths, object),
        folder,
        image_size,
        found.categories,
        **options,
    )
    return dataclasses.replace(dataset, notes=tuple(notes))


def refuse_test_share(test_share: float | None, where: str) -> None:
    """Refuses a share where the images are split already.

    Args:
        test_share: The share, or None.
        where: The images in words.

    Raises:
        InputError: If a share is given.
    """
    if test_share is not None:
        raise InputError(
            "`test_share` is for class folders without splits; leave it out, "
            f"received {test_share} for {where}."
        )


def _split(
    labels: np.ndarray, names: Sequence[str], share: float, seed: int
) -> np.ndarray:
    """Returns `train` or `test` for each image."""
    if not 0 < share < 1:
        raise InputError(f"`test_share` must lie in (0, 1), received {share}.")
    if seed < 0:
        raise InputError(f"`seed` must be >= 0, received {seed}.")
    for label, count in enumerate(np.bincount(labels)):
        if count < 2:
            raise InputError(
                "To be split by `test_share`, each category needs two images "
                f"or more, received {count} of {names[label]!r}."
            )
    tested = held_out(labels, share, seed)
    return np.where(tested, "test", "train").astype(object)


def open_flat_folder(
    folder: Path,
    image_size: int,
    skip_broken: bool = False,
    apply_orientation: bool = False,
) -> PartDataset:
    """Opens images to explain a performer on, without measuring anything.

    Args:
        folder: A folder without folders in it.
        image_size: Height and width of the images handed out, in pixels.
        skip_broken: Leave out, and count, the images that cannot be read.
        apply_orientation: Turn photographs as their EXIF orientation says.

    Returns:
        A data set without categories and without `test`; all labels are -1.

    Raises:
        InputError: If there is no image, or one cannot be read.
    """
    below = ImagesBelow.of(folder)
    seen = see_images(below.images, skip_broken)
    whole = [path for path in below.images if path not in seen.broken]
    if not whole:
        raise InputError(
            f"`data`: there is no image that can be read, received '{folder}'."
        )
    split = PartSplit(
        images=image_files(whole, image_size, apply_orientation),
        labels=np.full(len(whole), -1, "int32"),
        landmarks=np.empty((len(whole), 0, 2), "float32"),
        files=tuple(path.name for path in whole),
        skipped=len(below.images) - len(whole),
        tagged=frozenset(path.name for path in seen.tagged),
    )
    notes = ["the images have no categories, so that nothing is measured"]
    if below.others:
        notes.append(f"no images, left out: {len(below.others)}")
    return PartDataset(
        folder.resolve().name, (), (), {"train": split}, tuple(notes)
    )
