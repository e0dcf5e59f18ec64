"""The one way in: a name, a folder, or nothing for the drawn animals."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tf_explainer.datasets.builders import DATASETS, settings_of
from tf_explainer.datasets.built import open_builder
from tf_explainer.datasets.image_folders import (
    open_annotated_folder,
    open_class_folders,
    open_flat_folder,
)
from tf_explainer.datasets.image_folders.class_folders import refuse_test_share
from tf_explainer.datasets.image_folders.images import visible
from tf_explainer.datasets.narrowed import (
    add_negatives,
    limit_negatives,
    select_landmarks,
    without_background_landmarks,
)
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.tfds_landmarks import open_tfds
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


DEFAULT = "drawn_animals"
TFDS = "tfds:"


def open_dataset(
    data: str | Path | None = None,
    image_size: int = 96,
    categories: Sequence[str] | None = None,
    skip_broken: bool = False,
    data_dir: Path | None = None,
    landmarks: Sequence[str] | None = None,
    negatives: Path | None = None,
    negative_ratio: float | None = None,
    test_share: float | None = None,
    seed: int | None = None,
    apply_orientation: bool = False,
    **options: Any,
) -> PartDataset:
    """Opens a data set of ours or of tfds, or a user's folder.

    Args:
        data: Name of a builder in `DATASETS`; or `tfds:` and the name of a
            tfds data set with landmarks, such as `tfds:celeb_a`; or a folder
            with `images/` and `annotations.csv`; or one with a folder of
            images for each category, in `train/` and `test/` or not; or one
            of images alone, which has no categories and no split `test`; or
            None for `drawn_animals`. A bare name that is both is the
            builder; write `./name` for the folder.
        image_size: Height and width of the images handed out, in pixels.
        categories: Names of the categories that take part, or None for all.
            One name sets it against all the rest.
        skip_broken: Leave out, and count, the images that cannot be read,
            instead of stopping.
        data_dir: Where tfds keeps its files, or None for its own choice.
            Only for builders.
        landmarks: Names of the landmarks that take part, or None for all.
        negatives: Folder of images to set the one category against, instead
            of the other categories.
        negative_ratio: At most so many images of the background for each one
            of the category, see `limit_negatives`; None for all.
        test_share: Share of each class folder that is tested on, 0.2 if
            None; only for class folders without splits.
        seed: Seed of the choice of these images, 0 if None; or the setting
            of that name of a builder.
        apply_orientation: Turn the photographs of a folder, or of
            `negatives`, as their EXIF orientation says; landmarks then are
            fractions of the turned image. Data sets with a name settle that
            themselves, those of tfds know of no orientation.
        **options: Settings of the builder, such as `train=300` images or
            `manual_dir="~/VOC2010"`.

    Returns:
        The data set; its images are read when iterated.

    Raises:
        InputError: If the name, the folder, its content or a setting is
            wrong; the message names it.
    """
    if image_size < 1:
        raise InputError(f"`image_size` must be > 0, received {image_size}.")
    name = DEFAULT if data is None else str(data)
    wanted: dict[str, Any] = {
        "categories": categories,
        "negatives": negatives is not None,
    }
    folder = folder_of(data)
    if folder is not None:
        if options:
            raise InputError(
                f"`data`: the folder {name!r} has no settings, received "
                f"{sorted(options)}."
            )
        dataset = open_image_folder(
            folder,
            image_size,
            test_share,
            seed or 0,
            skip_broken=skip_broken,
            apply_orientation=apply_orientation,
            **wanted,
        )
    else:
        if seed is not None:
            options["seed"] = seed
        refuse_test_share(test_share, f"data set {name!r}")
        if name.startswith(TFDS) and apply_orientation:
            raise InputError(
                "`apply_orientation`: a data set of tfds has its images as "
                f"stored, received {name!r}; leave it out."
            )
        dataset = _by_name(
            name, image_size, data_dir, skip_broken, wanted | options
        )
    if negatives is not None:
        folder = Path(negatives).expanduser()
        dataset = add_negatives(
            dataset, folder, image_size, skip_broken, apply_orientation
        )
    if negative_ratio is not None:
        dataset = limit_negatives(dataset, negative_ratio)
    dataset = without_background_landmarks(dataset)
    return select_landmarks(dataset, landmarks) if landmarks else dataset


def folder_of(data: str | Path | None) -> Path | None:
    """Returns the folder that `data` means, or None for a data set's name.

    Args:
        data: As in `open_dataset`.

    Raises:
        InputError: If it is a bare word that is neither.
    """
    if data is None:
        return None
    name = str(data)
    if not isinstance(data, Path) and (
        name.startswith(TFDS) or name in DATASETS
    ):
        return None
    folder = Path(name).expanduser()
    if not folder.exists() and folder.name == name:
        # Says which data sets there are.
        DATASETS[name]
    return folder


def _by_name(
    name: str,
    image_size: int,
    data_dir: Path | None,
    skip_broken: bool,
    options: dict[str, Any],
) -> PartDataset:
    if name.startswith(TFDS):
        name = name.removeprefix(TFDS)
        return open_tfds(name, image_size, data_dir, **options)
    if "skip_broken" in settings_of(DATASETS[name]):
        options.setdefault("skip_broken", skip_broken)
    return open_builder(name, image_size, data_dir=data_dir, **options)
