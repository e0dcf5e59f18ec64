"""A data set of tfds that has landmarks, as a `PartDataset`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds
from tensorflow_datasets.core.registered import DatasetNotFoundError

from tf_explainer.datasets.category_choice import CategoryChoice
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.datasets.prepared_files import StoredSplit, prepared, quiet
from tf_explainer.datasets.tfds_landmarks.options import (
    LandmarkFeature,
    TfdsOptions,
    stored_sides,
)
from tf_explainer.errors import InputError


def open_tfds(
    name: str,
    image_size: int,
    data_dir: Path | None = None,
    categories: Sequence[str] | None = None,
    negatives: bool = False,
    **options: Any,
) -> PartDataset:
    """Opens a data set of tfds, which is downloaded if it is missing.

    Args:
        name: Its name, such as `celeb_a` or `celeb_a/2.1.0`.
        image_size: Height and width of the images handed out, in pixels.
        data_dir: Where tfds keeps its files, or None for its own choice.
        categories: Names of the categories that take part, or None for all.
        negatives: Whether the background comes from elsewhere.
        **options: Fields of `TfdsOptions`.

    Returns:
        The data set.

    Raises:
        InputError: If there is no such data set, or it has no images,
            landmarks or categories of a known form.
    """
    wanted = TfdsOptions.make(options)
    builder = _builder(name, data_dir)
    features = builder.info.features
    if wanted.image not in features:
        raise InputError(
            f"`image`: received {wanted.image!r}, which is no feature of "
            f"{name!r}. Known: {sorted(features)}."
        )
    points = LandmarkFeature.find(features, wanted.points, wanted.row_first)
    found = wanted.category_names(features, builder.name)
    choice = CategoryChoice.make(
        found, categories, f"data set {name!r}", negatives=negatives
    )
    builder = prepared(lambda: _builder(name, data_dir))
    splits = {
        split: _open_split(builder, part, points, wanted, choice, image_size)
        for split, part in _parts(builder, wanted).items()
    }
    return PartDataset(builder.name, choice.categories, points.names, splits)


def _builder(name: str, data_dir: Path | None) -> Any:
    try:
        with quiet():
            return tfds.builder(name, data_dir=data_dir)
    except (DatasetNotFoundError, ValueError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(
            f"`data`: tfds has no data set {name!r}: {reason[0]}"
        ) from error


def _parts(builder: Any, wanted: TfdsOptions) -> dict[str, str]:
    """Returns which of the stored splits are ours."""
    found = list(builder.info.splits)
    others = [name for name in ("test", "validation") if name in found]
    if wanted.train or wanted.test or ("train" in found and others):
        parts = {
            "train": wanted.train or "train",
            "test": wanted.test or (others[0] if others else "test"),
        }
        _check_parts(builder.name, found, parts, wanted)
        return parts
    if not found:
        raise InputError(
            f"Data set {builder.name!r} has no splits; name them with `train` "
            "and `test`."
        )
    return {"train": f"{found[0]}[:60%]", "test": f"{found[0]}[60%:]"}


def _check_parts(
    name: str, found: list[str], parts: dict[str, str], wanted: TfdsOptions
) -> None:
    """Refuses splits that are not there, and one that would be both."""
    # Nothing is known of data that tfds makes up for tests.
    known = {*found, "all"} if found else _stored("+".join(parts.values()))
    for ours, part in parts.items():
        if getattr(wanted, ours) and not _stored(part) <= known:
            raise InputError(
                f"`{ours}` must name splits of data set {name!r}, received "
                f"{part!r}. Known: {found}."
            )
    train, test = (_stored(part) for part in parts.values())
    apart = not train & test and train | test <= known - {"all"}
    if not (wanted.train and wanted.test or apart):
        raise InputError(
            f"Name `train` and `test` together: data set {name!r} has the "
            f"splits {found}, received train={wanted.train!r} and "
            f"test={wanted.test!r}."
        )


def _stored(part: str) -> set[str]:
    """`train[:80%]+test` → `train` and `test`."""
    return {one.partition("[")[0].strip() for one in part.split("+")}


def _open_split(
    builder: Any,
    part: str,
    points: LandmarkFeature,
    wanted: TfdsOptions,
    choice: CategoryChoice,
    image_size: int,
) -> PartSplit:
    stored = StoredSplit(builder, part)
    rows = stored.rows({points.key, *wanted.label_feature(builder)})
    labels = choice.new_labels[[wanted.old_label(builder, r) for r in rows]]
    kept = labels >= 0
    if not kept.any():
        raise InputError(
            f"Data set {builder.name!r} has no image of "
            f"{list(choice.categories)} in split {part!r}."
        )
    places = np.stack([points.places(row[points.key]) for row in rows])
    sides = stored_sides(builder, part, wanted.image)
    if wanted.in_pixels(places):
        places = places / sides[:, None]
    outside = ((places < 0) | (places > 1)).any(axis=-1)
    places[outside] = np.nan
    files = [f"{builder.name}/{part}/{i:06}" for i in np.nonzero(kept)[0]]
    return PartSplit(
        images=stored.images(kept, image_size, wanted.image),
        labels=labels[kept].astype("int32"),
        landmarks=places[kept].astype("float32"),
        files=tuple(files),
    )
