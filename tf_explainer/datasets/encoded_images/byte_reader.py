"""Numbers in the bytes of a file."""

from typing import Any

import tensorflow as tf

_BEYOND = 16


class ByteReader:
    """The bytes of a file as numbers; what is asked beyond its end is 0.

    Args:
        data: The file's content, a scalar string tensor.
    """

    def __init__(self, data: Any) -> None:
        self.data = data
        raw = tf.io.decode_raw(data, tf.uint8)
        self.length = tf.size(raw, tf.int64)
        self._padded = tf.pad(raw, [[0, _BEYOND]])

    def block(self, at: Any, count: Any) -> Any:
        """Returns uint8 `(count,)`.

        Args:
            at: Place of the first byte, int64.
            count: How many bytes, int64.
        """
        start = tf.clip_by_value(tf.cast(at, tf.int64), 0, self.length)
        there = tf.minimum(
            tf.cast(count, tf.int64), self.length + _BEYOND - start
        )
        found = tf.slice(self._padded, [start], [there])
        return tf.pad(found, [[0, tf.cast(count, tf.int64) - there]])

    def number(self, at: Any, count: int, little: bool = False) -> Any:
        """Returns a number without sign, int64.

        Args:
            at: Place of its first byte, int64.
            count: How many bytes it has, at most 7.
            little: Whether its lowest byte comes first.
        """
        part = tf.cast(self._few(at, count), tf.int64)
        places = range(count) if little else range(count - 1, -1, -1)
        powers = tf.constant([256**place for place in places], tf.int64)
        return tf.reduce_sum(part * powers)

    def holds(self, at: Any, text: bytes) -> Any:
        """Returns whether a text is at a place.

        Args:
            at: Place of its first byte, int64.
            text: At most 16 bytes.
        """
        wanted = tf.constant(list(text), tf.uint8)
        return tf.reduce_all(self._few(at, len(text)) == wanted)

    def _few(self, at: Any, count: int) -> Any:
        start = tf.clip_by_value(tf.cast(at, tf.int64), 0, self.length)
        return tf.slice(self._padded, [start], [count])
