"""A user's folder of images, in each form that it may have."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tf_explainer.datasets.annotated_folder import open_annotated_folder
from tf_explainer.datasets.class_folders import (
    open_class_folders,
    open_flat_folder,
)
from tf_explainer.datasets.class_folders.open_class_folders import (
    refuse_test_share,
)
from tf_explainer.datasets.images_below import visible
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError

_TABLE = "annotations.csv"


def open_image_folder(
    folder: Path,
    image_size: int,
    test_share: float | None = None,
    seed: int = 0,
    **options: Any,
) -> PartDataset:
    """Opens a folder by what lies in it.

    With `annotations.csv` it is an annotated folder, with folders in it one
    of class folders, and with images alone they have no categories.

    Args:
        folder: The folder.
        image_size: Height and width of the images handed out, in pixels.
        test_share: Share of each class folder that is tested on, or None.
        seed: Seed of the choice of these images.
        **options: Further arguments of `open_annotated_folder`.

    Returns:
        The data set; its images are read when iterated.

    Raises:
        InputError: If something is missing or wrong; the message names it.
    """
    if not folder.is_dir():
        raise InputError(f"`data`: there is no folder, received '{folder}'.")
    names = [path.name for path in visible(folder)]
    folders = [name for name in names if (folder / name).is_dir()]
    if folders and _TABLE not in names:
        _refuse_other_spelling(names, folder)
        return open_class_folders(
            folder, image_size, test_share, seed, **options
        )
    refuse_test_share(test_share, f"'{folder}'")
    if _TABLE in names:
        return open_annotated_folder(folder, image_size, **options)
    _refuse_other_spelling(names, folder)
    if any([options.pop(name, None) for name in ("categories", "negatives")]):
        raise InputError(
            "`data`: images have categories by one folder for each, or by "
            f"{_TABLE!r} and 'images'; received '{folder}' with images alone."
        )
    return open_flat_folder(folder, image_size, **options)


def _refuse_other_spelling(names: Sequence[str], folder: Path) -> None:
    for name in names:
        if name.lower().startswith(("annotations.", "annotation.")):
            raise InputError(
                f"`data`: the file must be called {_TABLE!r}, received "
                f"{name!r} in '{folder}'."
            )
