"""The one way in: a name, a folder, or nothing for the drawn animals."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tf_explainer.datasets.annotated_folder import open_annotated_folder
from tf_explainer.datasets.builders import DATASETS
from tf_explainer.datasets.open_builder import open_builder
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError

DEFAULT = "drawn_animals"


def open_dataset(
    data: str | Path | None = None,
    image_size: int = 96,
    categories: Sequence[str] | None = None,
    skip_broken: bool = False,
    data_dir: Path | None = None,
    **options: Any,
) -> PartDataset:
    """Opens a data set of ours or a user's annotated folder.

    Args:
        data: Name of a builder in `DATASETS`, or a folder with `images/` and
            `annotations.csv`, or None for `drawn_animals`. A bare name that
            is both is the builder; write `./name` for the folder.
        image_size: Height and width of the images handed out, in pixels.
        categories: Names of the categories that take part, or None for all.
            One name sets it against all the rest.
        skip_broken: Leave out, and count, the images that cannot be read,
            instead of stopping. Only for folders.
        data_dir: Where tfds keeps its files, or None for its own choice.
            Only for builders.
        **options: Settings of the builder, such as `train=300` images.

    Returns:
        The data set; its images are read when iterated.

    Raises:
        InputError: If the name, the folder, its content or a setting is
            wrong; the message names it.
    """
    if image_size < 1:
        raise InputError(f"`image_size` must be > 0, received {image_size}.")
    name = DEFAULT if data is None else str(data)
    if name in DATASETS and not isinstance(data, Path):
        return open_builder(name, image_size, categories, data_dir, **options)
    folder = Path(name).expanduser()
    if not folder.exists() and folder.name == name:
        DATASETS[name]
    if options:
        raise InputError(
            f"`data`: the folder {name!r} has no settings, received "
            f"{sorted(options)}."
        )
    return open_annotated_folder(folder, image_size, categories, skip_broken)
