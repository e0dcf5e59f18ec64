"""The files of a tfds data set: made by one process at a time, and read."""

import contextlib
import io
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from absl import logging
from filelock import FileLock
from requests import RequestException
from tensorflow_datasets.core.constants import INCOMPLETE_PREFIX
from tensorflow_datasets.core.download.download_manager import (
    NonMatchingChecksumError,
)
from tensorflow_datasets.core.download.extractor import ExtractError
from tensorflow_datasets.core.download.util import DownloadError
from tensorflow_datasets.core.utils import tqdm_utils

from tf_explainer.datasets.encoded_images import resized
from tf_explainer.errors import InputError

# Files in parallel would come in an order that depends on the machine.
_IN_ORDER = tfds.ReadConfig(
    interleave_cycle_length=1, try_autocache=False, add_tfds_id=False
)


class StoredSplit:
    """One split of a prepared tfds data set, read in fixed order.

    Args:
        builder: The data set, prepared.
        split: Name of the split, or a part of it such as `train[:60%]`.
    """

    def __init__(self, builder: Any, split: str) -> None:
        self._builder = builder
        self._split = split

    def rows(self, features: Iterable[str]) -> list[dict[str, Any]]:
        """Returns features of all examples, for what is small.

        Args:
            features: Names of features of the first level.
        """
        return [
            tf.nest.map_structure(lambda tensor: tensor.numpy(), row)
            for row in self._read(set(features))
        ]

    def images(
        self, kept: np.ndarray, size: int, key: str = "image"
    ) -> tf.data.Dataset:
        """Returns the images, read when iterated.

        Args:
            kept: Bool `(examples,)`: which examples take part.
            size: Height and width of the images handed out, in pixels.
            key: Name of the image's feature.

        Returns:
            Unbatched dataset of uint8 RGB images `(size, size, 3)`.
        """
        images = self._read({key}).map(lambda row: row[key])
        if not kept.all():
            table = tf.constant(kept)
            images = images.enumerate().filter(lambda index, _: table[index])
            images = images.map(lambda _, image: image)
        if self._builder.info.features[key].shape != (size, size, 3):
            images = images.map(
                lambda image: _resize(image, size),
                num_parallel_calls=tf.data.AUTOTUNE,
            )
        return images.apply(tf.data.experimental.assert_cardinality(kept.sum()))

    def _read(self, features: set[str]) -> tf.data.Dataset:
        with quiet():
            return self._builder.as_dataset(
                split=self._split,
                decoders=tfds.decode.PartialDecoding(features),
                read_config=_IN_ORDER,
            )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Mutes the remarks of tfds on itself."""
    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(verbosity)


def _resize(image: tf.Tensor, size: int) -> tf.Tensor:
    if image.shape[-1] == 1:
        image = tf.repeat(image, 3, axis=-1)
    return tf.ensure_shape(resized(image, size, size), (size, size, 3))


_NO_DOWNLOAD = (
    NonMatchingChecksumError,
    DownloadError,
    ExtractError,
    # What tfds lets through where there is no network.
    RequestException,
)


def prepared(make: Callable[[], Any]) -> Any:
    """Returns a builder whose files are there, made if they were missing.

    Of several processes that want the same data set, as in a grid, one makes
    it, says so on standard error, and the others wait.

    Args:
        make: Returns a new builder, which then knows of the files there are.

    Raises:
        InputError: If it cannot be downloaded, or is to be got by hand.
    """
    builder = make()
    with quiet():
        # tfds warns of each data set that is not there yet.
        there = builder.is_prepared()
    if there:
        return builder
    with _alone(builder):
        # Another process may have made the files meanwhile.
        builder = make()
        _prepare(builder)
    return builder


@contextlib.contextmanager
def _without_bars() -> Iterator[None]:
    """Hides the bars of tfds, which are drawn over each other."""
    # tfds has no public word for whether they are shown.
    shown = getattr(tqdm_utils, "_active", True)
    tfds.disable_progress_bar()
    try:
        yield
    finally:
        tfds.display_progress_bar(shown)


@contextlib.contextmanager
def _alone(builder: Any) -> Iterator[None]:
    # A lock of this machine; and a bucket is no folder of it.
    if "://" in str(builder.data_dir):
        yield
        return
    # Beside the data set's folder: tfds reads what lies in it. One lock for
    # all its configurations, since they share a download.
    place = Path(builder.data_dir)
    folder = next((p for p in place.parents if p.name == builder.name), place)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{builder.name}.lock")):
        for unfinished in folder.rglob(f"{INCOMPLETE_PREFIX}*"):
            # Of a process that was killed; nobody else is here.
            shutil.rmtree(unfinished, ignore_errors=True)
        yield


def _prepare(builder: Any) -> None:
    with quiet():
        if builder.is_prepared():
            return
    print(
        f"making data set {builder.name!r} in {builder.data_dir}, once",
        file=sys.stderr,
    )
    try:
        with quiet(), _without_bars():
            builder.download_and_prepare()
    except _NO_DOWNLOAD as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"Data set {builder.name!r} could not be downloaded: {reason}"
        ) from error
    except AssertionError as error:
        # tfds tells so that the folder for files got by hand is empty.
        if "Manual directory" not in str(error):
            raise
        wanted = " ".join(builder.MANUAL_DOWNLOAD_INSTRUCTIONS.split())
        raise InputError(
            f"Data set {builder.name!r} needs files that you get yourself; "
            f"name their folder with `manual_dir`. {wanted}"
        ) from error
