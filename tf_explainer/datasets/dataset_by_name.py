"""The one way in: a name, a folder, or nothing for the drawn animals."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tf_explainer.datasets.add_negatives import add_negatives
from tf_explainer.datasets.builders import DATASETS
from tf_explainer.datasets.class_folders.open_class_folders import (
    refuse_test_share,
)
from tf_explainer.datasets.limit_negatives import limit_negatives
from tf_explainer.datasets.make_config import settings_of
from tf_explainer.datasets.open_builder import open_builder
from tf_explainer.datasets.open_image_folder import open_image_folder
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.select_landmarks import select_landmarks
from tf_explainer.datasets.tfds_landmarks import open_tfds
from tf_explainer.datasets.without_background_landmarks import (
    without_background_landmarks,
)
from tf_explainer.errors import InputError

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
        wanted |= {"skip_broken": skip_broken, "test_share": test_share}
        dataset = open_image_folder(
            folder, image_size, seed=seed or 0, **wanted
        )
    else:
        if seed is not None:
            options["seed"] = seed
        refuse_test_share(test_share, f"data set {name!r}")
        dataset = _by_name(
            name, image_size, data_dir, skip_broken, wanted | options
        )
    if negatives is not None:
        folder = Path(negatives).expanduser()
        dataset = add_negatives(dataset, folder, image_size, skip_broken)
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
