"""Files of `tf.train.Example`: where their records lie, and what they hold."""

import importlib
import re
import struct
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from tf_explainer.batch.storage import is_remote
from tf_explainer.datasets.encoded_images import DAMAGED
from tf_explainer.errors import InputError

_NAMED = re.compile(r"\.tfrecords?(-\d+-of-\d+)?$")
# Length and its checksum; the checksum of the content behind it.
_HEAD, _AROUND = 12, 16
_PACKED = b"\x1f\x8b"


def is_tfrecord(path: str) -> bool:
    """Whether a file is called as one of records.

    Args:
        path: Of the file; it is not opened.
    """
    return bool(_NAMED.search(path.lower()))


def record_places(path: str) -> Iterator[int]:
    """Returns where each record of a file begins.

    Contents are passed over. What is left behind the last whole record counts
    as one more, which then cannot be read.

    Args:
        path: A file of records.

    Raises:
        InputError: If there is no such file, or it is compressed.
    """
    try:
        end = tf.io.gfile.stat(path).length
        with _opened(path) as file:
            yield from _places(file, end, path)
    except tf.errors.OpError as error:
        raise InputError(
            f"`--input` cannot be read, received {path}: {error.message}"
        ) from error


def _opened(path: str) -> Any:
    # TensorFlow's own reads half a megabyte ahead wherever it is set to.
    return (
        tf.io.gfile.GFile(path, "rb") if is_remote(path) else open(path, "rb")
    )


def _places(file: Any, end: int, path: str) -> Iterator[int]:
    at = 0
    while at < end:
        file.seek(at)
        head = file.read(_HEAD)
        if at == 0 and head.startswith(_PACKED):
            raise InputError(
                f"`--input` must be records that are not compressed, received "
                f"{path}. Unpack it first: gunzip."
            )
        yield at
        if len(head) < _HEAD:
            return
        at += _AROUND + struct.unpack("<Q", head[:8])[0]


class Example(NamedTuple):
    """One record.

    Attributes:
        key: What it is called; `None` where it does not say.
        image: The encoded image, or why there is none.
    """

    key: str | None
    image: bytes | str


def read_examples(
    path: str, places: Sequence[int], feature: str, key_feature: str | None
) -> Iterator[Example]:
    """Returns the records at some places of a file, in that order.

    A record that is damaged does not keep the others from being read.

    Args:
        path: A file of records.
        places: Where they begin, see `record_places`.
        feature: Bytes feature that holds the image.
        key_feature: Bytes feature that holds the key; `None` for none.
    """
    # TensorFlow names no other way to a record amid a file: the operation
    # behind `TFRecordDataset` takes a place, and fails when it is optimized.
    records = importlib.import_module("tensorflow.python.lib.io.tf_record")
    try:
        reader = records.tf_record_random_reader(path)
    except tf.errors.OpError as error:
        yield from [Example(None, error.message)] * len(places)
        return
    for place in places:
        try:
            content, _ = reader.read(place)
        except (tf.errors.DataLossError, IndexError):
            yield Example(None, DAMAGED)
        except tf.errors.OpError as error:
            yield Example(None, error.message)
        else:
            yield _example(content, feature, key_feature)


def _example(content: bytes, feature: str, key_feature: str | None) -> Example:
    try:
        features = tf.train.Example.FromString(content).features.feature
    except ValueError:
        # What protobuf raises is one.
        return Example(None, "the record is no tf.train.Example")
    image = _bytes(features, feature)
    key = _bytes(features, key_feature) if key_feature else None
    return Example(
        None if key is None else key.decode(errors="backslashreplace"),
        f"the example has no bytes feature {feature!r}"
        if image is None
        else image,
    )


def _bytes(features: Any, name: str) -> bytes | None:
    # Asked for by name, a map of protobuf would make it.
    if name not in features or not features[name].bytes_list.value:
        return None
    return bytes(features[name].bytes_list.value[0])
