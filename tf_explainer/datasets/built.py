"""A tfds builder of ours as a `PartDataset`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.builders import DATASETS, make_config, settings_of
from tf_explainer.datasets.category_choice import CategoryChoice
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.datasets.prepared_files import StoredSplit, prepared, quiet
from tf_explainer.errors import InputError

_SPLITS = ("train", "test")
_SMALL = ("label", "landmarks", "file")


def open_builder(
    name: str,
    image_size: int,
    categories: Sequence[str] | None = None,
    data_dir: Path | None = None,
    negatives: bool = False,
    **options: Any,
) -> PartDataset:
    """Makes the files of a builder if they are missing, and opens them.

    Args:
        name: Name of a builder in `DATASETS`.
        image_size: Height and width of the images handed out, in pixels. A
            builder that draws its images draws them at this size.
        categories: Names of the categories that take part, or None for all
            that there are training images of.
        data_dir: Where tfds keeps its files, or None for its own choice.
        negatives: Whether the background comes from elsewhere, so that only
            the one category is read.
        **options: Settings of the builder.

    Returns:
        The data set.

    Raises:
        InputError: If a name or a setting is unknown, a split is empty, or
            the data cannot be downloaded or found.
    """
    builder = prepared(lambda: _builder(name, image_size, data_dir, options))
    stored = {split: StoredSplit(builder, split) for split in _SPLITS}
    rows = {split: stored[split].rows(_SMALL) for split in _SPLITS}
    choice = _choose(builder, rows["train"], categories, negatives)
    splits = {
        split: _open_split(builder, split, rows[split], choice, image_size)
        for split in _SPLITS
    }
    landmark_names = tuple(builder.info.metadata["landmark_names"])
    return PartDataset(name, choice.categories, landmark_names, splits)


def _builder(
    name: str, image_size: int, data_dir: Path | None, options: dict[str, Any]
) -> Any:
    builder_class = DATASETS[name]
    # A builder that draws its images draws them at the size that is wanted.
    drawn = {"size": image_size} if "size" in settings_of(builder_class) else {}
    config = make_config(builder_class, {**drawn, **options})
    with quiet():
        return builder_class(config=config, data_dir=data_dir)


def _choose(
    builder: Any,
    rows: list[dict[str, Any]],
    categories: Sequence[str] | None,
    negatives: bool,
) -> CategoryChoice:
    """Chooses among the categories that there are images of."""
    names = builder.info.features["label"].names
    trained = sorted({int(row["label"]) for row in rows})
    choice = CategoryChoice.make(
        [names[label] for label in trained],
        categories,
        f"data set {builder.name!r}",
        negatives=negatives,
    )
    new_labels = np.full(len(names), -1, "int32")
    new_labels[trained] = choice.new_labels
    return CategoryChoice(choice.categories, new_labels)


def _open_split(
    builder: Any,
    split: str,
    rows: list[dict[str, Any]],
    choice: CategoryChoice,
    image_size: int,
) -> PartSplit:
    labels = choice.new_labels[[int(row["label"]) for row in rows]]
    kept = labels >= 0
    if not kept.any():
        raise InputError(
            f"Data set {builder.name!r} has no {split!r} image of "
            f"{list(choice.categories)}."
        )
    landmarks = np.stack([row["landmarks"] for row in rows])
    files = np.array([row["file"].decode() for row in rows])
    return PartSplit(
        images=StoredSplit(builder, split).images(kept, image_size),
        labels=labels[kept].astype("int32"),
        landmarks=landmarks[kept].astype("float32"),
        files=tuple(files[kept].tolist()),
        skipped=_dropped(builder, split, choice),
    )


def _dropped(builder: Any, split: str, choice: CategoryChoice) -> int:
    """Returns how many objects of the task's categories were left out."""
    names = builder.info.features["label"].names
    dropped = (builder.info.metadata or {}).get("dropped", {}).get(split, {})
    return sum(
        sum(reasons.values())
        for name, reasons in dropped.items()
        if choice.new_labels[names.index(name)] >= 0
    )
