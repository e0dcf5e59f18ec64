"""The images of one shard as pixels, and those that cannot be read."""

import concurrent.futures
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from tf_explainer.batch.records import DeadLetter, Row
from tf_explainer.batch.storage import is_remote, read_file
from tf_explainer.batch.tfrecords import read_examples
from tf_explainer.batch.work_list import Source
from tf_explainer.config.batch import BatchSettings
from tf_explainer.explainer.image_files import content_reader

# Of an encoded image. The largest that is decoded takes less as a bitmap.
MOST_BYTES = 2**29
_TOO_LONG = f"the file is too long: at most {MOST_BYTES:,} bytes are read"
_MOST_THREADS = 8
_Decode = Callable[[bytes], np.ndarray | str]


class ReadShard(NamedTuple):
    """One shard as pixels.

    Attributes:
        number: Of the shard, from 0.
        rows: The images that could be read.
        pixels: uint8 `(images, height, width, 3)`.
        dead: All others.
    """

    number: int
    rows: list[Row]
    pixels: np.ndarray
    dead: list[DeadLetter]


def read_images(
    number: int,
    sources: Sequence[Source],
    settings: BatchSettings,
    shape: tuple[int, int, int],
    apply_orientation: bool,
) -> ReadShard:
    """Reads all images of a shard as they were read for the training.

    Args:
        number: Of the shard, from 0.
        sources: Where its images lie.
        settings: What is explained.
        shape: `(height, width, 3)` that the performer takes.
        apply_orientation: Whether photographs are turned as their EXIF
            orientation says.
    """
    decode = content_reader(shape, apply_orientation)
    first = number * settings.shard_size
    pixels = np.empty((len(sources), *shape), np.uint8)
    rows: list[Row] = []
    dead: list[DeadLetter] = []
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        for place, (source, key, found) in enumerate(
            _found(sources, settings, decode, pool)
        ):
            row = Row(first + place, key, source.shown_path, source.record)
            if isinstance(found, str):
                dead.append(DeadLetter(*row, found))
            else:
                pixels[len(rows)] = found
                rows.append(row)
    return ReadShard(number, rows, pixels[: len(rows)], dead)


def _found(
    sources: Sequence[Source],
    settings: BatchSettings,
    decode: _Decode,
    pool: concurrent.futures.Executor,
) -> Iterator[tuple[Source, str, np.ndarray | str]]:
    """Each image with its key, and its pixels or why there are none."""
    # Files of records are read in one go, and what they hold is decoded by
    # all threads.
    for path, some in itertools.groupby(sources, _file_of_records):
        group = list(some)
        if path is None:
            read = pool.map(lambda one: _file(one.path, decode), group)
            for source, found in zip(group, read, strict=True):
                yield source, source.key, found
            continue
        places = [source.place or 0 for source in group]
        examples: Any = read_examples(
            path, places, settings.feature, settings.key_feature
        )
        encoded, kept = itertools.tee(examples)
        read = pool.map(lambda one: _content(one.image, decode), encoded)
        for source, example, found in zip(group, kept, read, strict=True):
            yield source, example.key or source.key, found


def _file_of_records(source: Source) -> str | None:
    return None if source.record is None else source.path


def _file(path: str, decode: _Decode) -> np.ndarray | str:
    try:
        # Checked again: the list may be of yesterday, and a pipe would be
        # waited for.
        if not is_remote(path) and os.path.exists(path):
            if not os.path.isfile(path):
                return "it is no file"
        return _content(read_file(path, MOST_BYTES + 1), decode)
    except OSError as error:
        return error.strerror or f"it cannot be read: {error}"


def _content(data: bytes | str, decode: _Decode) -> np.ndarray | str:
    if isinstance(data, str):
        return data
    return _TOO_LONG if len(data) > MOST_BYTES else decode(data)
