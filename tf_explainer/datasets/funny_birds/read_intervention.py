"""The picture of a bird without some of its parts."""

import re
from collections.abc import Collection
from pathlib import Path

import numpy as np

from tf_explainer.datasets.encoded_images.eager import BROKEN
from tf_explainer.datasets.funny_birds.funny_birds_dataset_builder import PARTS
from tf_explainer.datasets.image_folders.images import decode_image
from tf_explainer.errors import InputError

_FILE = re.compile(r"(train|test)/(\d+)/(\d+)\.png")


def read_intervention(
    manual_dir: Path, file: str, without: Collection[str], image_size: int
) -> np.ndarray:
    """Reads the image of a bird that was rendered without some parts.

    Args:
        manual_dir: Folder of FunnyBirds.
        file: Name of the image, as in a split's `files`.
        without: Names from `PARTS` that are removed, eyes, feet and wings
            both at once; none for the bird as it is.
        image_size: Height and width of the result, in pixels.

    Returns:
        Uint8 RGB `(image_size, image_size, 3)`.

    Raises:
        InputError: If a name is unknown or there is no such image.
    """
    named = _FILE.fullmatch(file)
    if named is None:
        raise InputError(
            f"`file` must be such as 'test/7/000123.png', received {file!r}."
        )
    unknown = sorted(set(without) - set(PARTS))
    if unknown:
        raise InputError(
            f"`without` must be of {list(PARTS)}, received {unknown}."
        )
    split, category, number = named.groups()
    path = Path(manual_dir).expanduser() / file
    if without:
        kept = sorted(set(PARTS) - set(without))
        folder = path.parents[2] / f"{split}_interventions" / category / number
        path = folder / f"body_{'_'.join(kept)}.png"
    try:
        return decode_image(path, image_size)
    except BROKEN as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: cannot be read: {reason}") from error
