"""What the head of an image file says, before any pixel is decoded."""

from typing import Any, NamedTuple

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


DAMAGED = "the file is cut off or damaged"
_ORIENTATION = 0x0112
_BYTE, _SHORT, _LONG = 1, 3, 4
_MOST_ENTRIES = 1000


class ImageHeader(NamedTuple):
    """Scalar tensors of one file.

    Attributes:
        problem: Why it cannot be read; empty if nothing speaks against it.
        height: Rows as stored, int64.
        width: Columns as stored, int64.
        orientation: EXIF orientation, 1 to 8, int64; 1 where it says none.
        facts: Int64 `(3,)`, what the decoder of its format wants to know.
    """

    problem: Any
    height: Any
    width: Any
    orientation: Any
    facts: Any

    @classmethod
    def make(
        cls,
        problem: Any,
        height: Any = 0,
        width: Any = 0,
        orientation: Any = 1,
        facts: tuple[Any, ...] = (),
    ) -> "ImageHeader":
        """Returns a header of tensors in the types above.

        Args:
            problem: As the attribute.
            height: As the attribute.
            width: As the attribute.
            orientation: As the attribute.
            facts: At most three integers or truth values.
        """
        filled = [*facts, *[0] * (3 - len(facts))]
        return cls(
            problem=tf.convert_to_tensor(problem),
            height=tf.cast(height, tf.int64),
            width=tf.cast(width, tf.int64),
            orientation=tf.cast(orientation, tf.int64),
            facts=tf.stack([tf.cast(fact, tf.int64) for fact in filled]),
        )


def exif_orientation(file: ByteReader, at: Any) -> Any:
    """Returns the orientation that EXIF data tell.

    Args:
        file: The file.
        at: Where the data begin (`II` or `MM`), int64; 0 for none.

    Returns:
        Int64 of 1 to 8; 1 where there is none, or a value that EXIF does not
        know.
    """
    is_little = file.holds(at, b"II*\0")
    known = is_little | file.holds(at, b"MM\0*")

    def number(at: Any, count: int) -> Any:
        low_first = file.number(at, count, little=True)
        return tf.where(is_little, low_first, file.number(at, count))

    def join(table: Any, first: int, count: int) -> Any:
        part = table[:, first : first + count]
        part = tf.where(is_little, part, part[:, ::-1])
        powers = tf.constant([256**place for place in range(count)], tf.int64)
        return tf.reduce_sum(part * powers, axis=1)

    first = at + number(at + 4, 4)
    count = tf.minimum(number(first, 2), _MOST_ENTRIES)
    entries = tf.cast(file.block(first + 2, 12 * count), tf.int64)
    entries = tf.reshape(entries, (-1, 12))
    kind = join(entries, 2, 2)
    value = tf.where(kind == _LONG, join(entries, 8, 4), join(entries, 8, 2))
    value = tf.where(kind == _BYTE, entries[:, 8], value)
    usable = (kind == _BYTE) | (kind == _SHORT) | (kind == _LONG)
    usable &= (join(entries, 0, 2) == _ORIENTATION) & known
    usable &= (value >= 1) & (value <= 8)
    one = tf.constant([1], tf.int64)
    return tf.concat([tf.boolean_mask(value, usable), one], 0)[0]
