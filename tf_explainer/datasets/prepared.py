"""Makes the files of a tfds data set, one process at a time."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tensorflow_datasets as tfds
from filelock import FileLock
from requests import RequestException
from tensorflow_datasets.core.download.download_manager import (
    NonMatchingChecksumError,
)
from tensorflow_datasets.core.download.extractor import ExtractError
from tensorflow_datasets.core.download.util import DownloadError
from tensorflow_datasets.core.utils import tqdm_utils

from tf_explainer.datasets.stored_split import quiet
from tf_explainer.errors import InputError

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
