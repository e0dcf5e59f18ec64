"""A folder of images without categories as a `PartDataset`."""

from pathlib import Path

import numpy as np

from tf_explainer.datasets.annotated_folder.broken_images import see_images
from tf_explainer.datasets.annotated_folder.image_files import image_files
from tf_explainer.datasets.images_below import ImagesBelow
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.errors import InputError


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
