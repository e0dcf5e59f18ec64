"""A tfds builder of ours as a `PartDataset`."""

import contextlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from absl import logging

from tf_explainer.datasets.builders import DATASETS
from tf_explainer.datasets.category_choice import CategoryChoice
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.errors import InputError

_SPLITS = ("train", "test")
# Files in parallel would come in an order that depends on the machine.
_IN_ORDER = tfds.ReadConfig(
    interleave_cycle_length=1, try_autocache=False, add_tfds_id=False
)


def open_builder(
    name: str,
    image_size: int,
    categories: Sequence[str] | None = None,
    data_dir: Path | None = None,
    **options: Any,
) -> PartDataset:
    """Makes the files of a builder if they are missing, and opens them.

    Args:
        name: Name of a builder in `DATASETS`.
        image_size: Height and width of the images handed out, in pixels. A
            builder that draws its images draws them at this size.
        categories: Names of the categories that take part, or None for all.
        data_dir: Where tfds keeps its files, or None for its own choice.
        **options: Settings of the builder.

    Returns:
        The data set.

    Raises:
        InputError: If a name or a setting is unknown or a split is empty.
    """
    with _quiet():
        builder = _builder(name, image_size, data_dir, options)
        builder.download_and_prepare()
    found = builder.info.features["label"].names
    choice = CategoryChoice.make(found, categories, f"data set {name!r}")
    landmark_names = builder.info.metadata["landmark_names"]
    with _quiet():
        splits = {
            split: _open_split(builder, split, choice, image_size)
            for split in _SPLITS
        }
    return PartDataset(name, choice.categories, tuple(landmark_names), splits)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Mutes the remarks of tfds on itself; its progress bars stay."""
    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(verbosity)


def _builder(
    name: str, image_size: int, data_dir: Path | None, options: dict[str, Any]
) -> Any:
    builder_class = DATASETS[name]
    make_config = getattr(builder_class, "make_config", None)
    if make_config is None:
        if options:
            raise InputError(
                f"Data set {name!r} has no settings, received {options}."
            )
        return builder_class(data_dir=data_dir)
    config = make_config(size=image_size, **options)
    return builder_class(config=config, data_dir=data_dir)


def _open_split(
    builder: Any, split: str, choice: CategoryChoice, image_size: int
) -> PartSplit:
    rows = list(_read(builder, split, {"label", "landmarks", "file"}))
    labels = choice.new_labels[[int(row["label"]) for row in rows]]
    kept = labels >= 0
    if not kept.any():
        raise InputError(
            f"Data set {builder.name!r} has no {split!r} image of "
            f"{list(choice.categories)}."
        )
    landmarks = np.stack([row["landmarks"].numpy() for row in rows])
    files = [row["file"].numpy().decode() for row in rows]
    return PartSplit(
        images=_images(builder, split, kept, image_size),
        labels=labels[kept].astype("int32"),
        landmarks=landmarks[kept].astype("float32"),
        files=tuple(np.array(files)[kept].tolist()),
    )


def _images(
    builder: Any, split: str, kept: np.ndarray, size: int
) -> tf.data.Dataset:
    images = _read(builder, split, {"image"}).map(lambda row: row["image"])
    if not kept.all():
        table = tf.constant(kept)
        images = images.enumerate().filter(lambda index, _: table[index])
        images = images.map(lambda _, image: image)
    if builder.info.features["image"].shape[:2] != (size, size):
        images = images.map(
            lambda image: _resize(image, size),
            num_parallel_calls=tf.data.AUTOTUNE,
        )
    return images.apply(tf.data.experimental.assert_cardinality(kept.sum()))


def _read(builder: Any, split: str, features: set[str]) -> tf.data.Dataset:
    return builder.as_dataset(
        split=split,
        decoders=tfds.decode.PartialDecoding(features),
        read_config=_IN_ORDER,
    )


def _resize(image: tf.Tensor, size: int) -> tf.Tensor:
    resized = tf.image.resize(image, (size, size), antialias=True)
    rounded = tf.saturate_cast(tf.round(resized), tf.uint8)
    return tf.ensure_shape(rounded, (size, size, 3))
