"""Images without the object, from a folder."""

import dataclasses
from pathlib import Path

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.annotated_folder.broken_images import see_images
from tf_explainer.datasets.annotated_folder.image_files import image_files
from tf_explainer.datasets.images_below import ImagesBelow
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.datasets.split_of import split_of
from tf_explainer.errors import InputError


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
