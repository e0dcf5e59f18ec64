"""Options for the images."""

import dataclasses
from pathlib import Path
from typing import Any

from tf_explainer.config.options import option

# Seeds that follow it, one a phase or view, must fit as well.
MOST_SEED = 2**31 - 1
# Of a side of the images that a network sees.
MOST_PIXELS = 4096


@dataclasses.dataclass(frozen=True)
class DataOptions:
    """The part of `Settings` that says what is looked at."""

    data: str | None = option(
        None,
        "Folder with images/ and annotations.csv, or with one folder of "
        "images for each category (in train/ and test/ or not); or the name "
        "of a registered data set, or tfds:NAME for one of "
        "tensorflow-datasets.",
        "data",
        shown="drawn animals",
    )
    data_option: dict[str, Any] | None = option(
        None,
        "Setting of the data set, such as manual_dir=DIR; may be repeated.",
        "data",
        advanced=True,
    )
    data_dir: Path | None = option(
        None,
        "Where tensorflow-datasets keeps prepared data.",
        "data",
        shown="its own default",
        advanced=True,
    )
    categories: tuple[str, ...] = option(
        (),
        "Categories to tell apart, as a list a,b,c or repeated; one alone is "
        "told from the background. One whose name holds a comma stands by "
        "itself.",
        "data",
        shown="all",
        commas=True,
    )
    landmarks: tuple[str, ...] = option(
        (),
        "Landmarks to measure with, as a list a,b,c or repeated.",
        "data",
        shown="all",
        commas=True,
        advanced=True,
    )
    negatives: Path | None = option(
        None,
        "Folder of images to tell the one category from.",
        "data",
        shown="the other categories",
    )
    negative_ratio: float | None = option(
        None,
        "At most so many negatives for each image of the one category.",
        "data",
        above=0,
        maximum=1000,
        shown="all",
        advanced=True,
    )
    test_share: float | None = option(
        None,
        "Share of each folder of images to test on, where there are no train/ "
        "and test/; --seed chooses them.",
        "data",
        above=0,
        below=1,
        shown="0.2",
        advanced=True,
    )
    image_size: int | None = option(
        None,
        "Side in pixels to which images are resized.",
        "data",
        minimum=16,
        maximum=MOST_PIXELS,
        shown="what the performer wants",
    )
    skip_broken: bool = option(
        False,
        "Leave unreadable images out and count them.",
        "data",
        advanced=True,
    )
    apply_orientation: bool = option(
        False,
        "Turn photographs of a folder as their EXIF tag says; landmarks are "
        "fractions of the turned image, and the exported model turns, too.",
        "data",
        advanced=True,
    )
    seed: int = option(
        0,
        "Seed of weights, order and augmentation.",
        "data",
        minimum=0,
        maximum=MOST_SEED,
    )
