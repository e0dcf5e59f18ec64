"""The list of all images, cut into shards: the plan of the work.

It is one Parquet file, a row group for each shard, so that a worker reads its
own shard alone and no list of millions travels with the pipeline.
"""

import contextlib
import functools
import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from tf_explainer.batch.inputs import input_files
from tf_explainer.batch.storage import read_file, whole_file
from tf_explainer.batch.tfrecords import is_tfrecord, record_places
from tf_explainer.config.batch import BatchSettings
from tf_explainer.errors import InputError

_SCHEMA = pa.schema(
    [
        # Names of files are bytes: not all are UTF-8.
        pa.field("path", pa.binary(), nullable=False),
        pa.field("record", pa.int64()),
        pa.field("place", pa.int64()),
    ]
)


class Source(NamedTuple):
    """Where one image lies.

    Attributes:
        path: Of its file.
        record: Number of its record in a file of records, from 0; `None` for
            an image of its own.
        place: Where that record begins, in bytes.
    """

    path: str
    record: int | None = None
    place: int | None = None

    @property
    def shown_path(self) -> str:
        """The path as text, also where it is not UTF-8."""
        return os.fsencode(self.path).decode(errors="backslashreplace")

    @property
    def key(self) -> str:
        """What it is called where it has no name of its own."""
        path = self.shown_path
        return path if self.record is None else f"{path}#{self.record}"


class WorkList(NamedTuple):
    """How much there is to do.

    Attributes:
        images: Number of all images.
        shards: Number of pieces.
        digest: Of all sources, SHA-256.
    """

    images: int
    shards: int
    digest: str


def write_work_list(path: str | None, settings: BatchSettings) -> WorkList:
    """Lists all images and cuts the list into shards.

    Args:
        path: The file to write; `None` to look only.
        settings: What is explained.

    Raises:
        InputError: If an input names nothing.
    """
    digest = hashlib.sha256()
    images = shards = 0
    pieces = _pieces(_sources(settings), settings.shard_size)
    with _writer(path) as writer:
        for piece in pieces:
            columns = [
                [os.fsencode(one.path) for one in piece],
                [one.record for one in piece],
                [one.place for one in piece],
            ]
            for row in zip(*columns, strict=True):
                digest.update(repr(row).encode())
            if writer is not None:
                table = pa.table(columns, schema=_SCHEMA)
                writer.write_table(table, row_group_size=len(piece))
            images, shards = images + len(piece), shards + 1
    if not images:
        raise InputError(
            "`--input` names no image, received empty files: "
            f"{', '.join(settings.inputs)}."
        )
    return WorkList(images, shards, digest.hexdigest())


def read_shard(path: str, digest: str, number: int) -> list[Source]:
    """Returns the images of one shard.

    Args:
        path: What `write_work_list` wrote.
        digest: The list's, as another one may have lain there before.
        number: Of the shard, from 0.
    """
    rows = _opened(path, digest).read_row_group(number).to_pylist()
    return [
        Source(os.fsdecode(row["path"]), row["record"], row["place"])
        for row in rows
    ]


# The table of contents is read once in a process.
@functools.lru_cache(maxsize=1)
def _opened(path: str, digest: str) -> pq.ParquetFile:
    return pq.ParquetFile(io.BytesIO(read_file(path)))


@contextlib.contextmanager
def _writer(path: str | None) -> Iterator[pq.ParquetWriter | None]:
    if path is None:
        yield None
        return
    with whole_file(path) as file, pq.ParquetWriter(file, _SCHEMA) as writer:
        yield writer


def _sources(settings: BatchSettings) -> Iterator[Source]:
    for path in input_files(settings.inputs):
        if is_tfrecord(path):
            for number, place in enumerate(record_places(path)):
                yield Source(path, number, place)
        else:
            yield Source(path)


def _pieces(sources: Iterable[Source], size: int) -> Iterator[Sequence[Source]]:
    piece: list[Source] = []
    for source in sources:
        piece.append(source)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece
