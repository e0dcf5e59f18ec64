"""The landmarks and negatives that take part."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.category_choice import BACKGROUND, chosen_names
from tf_explainer.datasets.image_folders.images import (
    ImagesBelow,
    image_files,
    see_images,
)
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.datasets.splits import split_of
from tf_explainer.errors import InputError


def select_landmarks(dataset: PartDataset, names: Sequence[str]) -> PartDataset:
    """Returns the data set with these landmarks alone.

    Args:
        dataset: The data set.
        names: Names of landmarks, or lists `a,b,c` of them, in the order
            wanted.

    Raises:
        InputError: If the data set has no such landmark, or one is named
            twice.
    """
    known = list(dataset.landmark_names)
    chosen = chosen_names(names, known, "landmarks", repr(dataset.name))
    kept = [known.index(name) for name in chosen]
    splits = {
        key: dataclasses.replace(split, landmarks=split.landmarks[:, kept])
        for key, split in dataset.splits.items()
    }
    return dataclasses.replace(
        dataset, landmark_names=tuple(chosen), splits=splits
    )


def without_background_landmarks(dataset: PartDataset) -> PartDataset:
    """Returns the data set with the landmarks of the background hidden.

    Where one category is told from the others, these are background, and
    their heads are no parts of the category: it is measured on its own
    images.

    Args:
        dataset: The data set.

    Source:
        Zhang et al. 2018, section 4: "for single-category classification, we
        computed the deviation … through objects of the category".
    """
    if BACKGROUND not in dataset.categories:
        return dataset
    background = dataset.categories.index(BACKGROUND)
    splits = {
        name: _hidden(split, split.labels == background)
        for name, split in dataset.splits.items()
    }
    return dataclasses.replace(dataset, splits=splits)


def _hidden(split: PartSplit, images: np.ndarray) -> PartSplit:
    landmarks = np.where(images[:, None, None], np.nan, split.landmarks)
    return dataclasses.replace(split, landmarks=landmarks.astype("float32"))


def limit_negatives(
    dataset: PartDataset, ratio: float, seed: int = 0
) -> PartDataset:
    """Keeps at most so many negatives for each image of the category.

    One category against all others has many more negatives than positives:
    most of the time goes into them, and a performer that always says
    "background" is seldom wrong.

    Args:
        dataset: A data set of one category and `background`.
        ratio: Images of the background for each one of the category, above 0,
            in each split.
        seed: Seed of the choice.

    Returns:
        The data set without the other negatives, in its old order.

    Raises:
        InputError: If there is no background, or `ratio` is out of range.
    """
    if not ratio > 0:
        raise InputError(f"`negative_ratio` must be above 0, received {ratio}.")
    if dataset.task != "single":
        raise InputError(
            "`negative_ratio` needs one category, told from the background; "
            f"received the categories {list(dataset.categories)}."
        )
    splits = {
        name: _limited(split, dataset.categories.index(BACKGROUND), ratio, seed)
        for name, split in dataset.splits.items()
    }
    return dataclasses.replace(dataset, splits=splits)


def _limited(
    split: PartSplit, background: int, ratio: float, seed: int
) -> PartSplit:
    negatives = np.flatnonzero(split.labels == background)
    positives = len(split) - len(negatives)
    count = min(len(negatives), max(1, round(ratio * positives)))
    random = np.random.default_rng(seed)
    kept = split.labels != background
    kept[random.choice(negatives, count, replace=False)] = True
    return dataclasses.replace(split.part(kept), skipped=split.skipped)


def add_negatives(
    dataset: PartDataset,
    folder: Path,
    image_size: int,
    skip_broken: bool = False,
    apply_orientation: bool = False,
) -> PartDataset:
    """Sets the one category of a data set against the images of a folder.

    Every image below the folder takes part, whole; which split it belongs to
    depends on its name alone.

    Args:
        dataset: One category, and `background` without images.
        folder: The folder.
        image_size: Height and width of the images handed out, in pixels.
        skip_broken: Leave out, and count, the images that cannot be read.
        apply_orientation: Turn photographs as their EXIF orientation says.

    Returns:
        The data set with these images as `background`.

    Raises:
        InputError: If there is no such folder, a split has no image in it,
            or images cannot be read.
    """
    paths = _find(folder)
    seen = see_images(paths, skip_broken, "`negatives`: ")
    splits = {}
    for name, split in dataset.splits.items():
        chosen = [
            path
            for path in paths
            if split_of(str(path.relative_to(folder))) == name
        ]
        whole = [path for path in chosen if path not in seen.broken]
        if not whole:
            raise InputError(
                f"`negatives`: too few images for a {name!r} split, received "
                f"'{folder}' with {len(paths)}."
            )
        images = image_files(whole, image_size, apply_orientation)
        names = {
            path: f"negatives/{path.relative_to(folder)}" for path in whole
        }
        tagged = {names[path] for path in seen.tagged.intersection(whole)}
        added = _extend(split, images, [*names.values()], tagged)
        skipped = split.skipped + len(chosen) - len(whole)
        splits[name] = dataclasses.replace(added, skipped=skipped)
    return dataclasses.replace(dataset, splits=splits)


def _find(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InputError(
            f"`negatives`: there is no folder, received '{folder}'."
        )
    return list(ImagesBelow.of(folder).images)


def _extend(
    split: PartSplit,
    images: tf.data.Dataset,
    names: list[str],
    tagged: set[str],
) -> PartSplit:
    hidden = np.full((len(names), *split.landmarks.shape[1:]), np.nan)
    return PartSplit(
        images=split.images.concatenate(images),
        labels=np.append(split.labels, np.ones(len(names), "int32")),
        landmarks=np.concatenate([split.landmarks, hidden]).astype("float32"),
        files=(*split.files, *names),
        tagged=split.tagged | tagged,
    )
