"""BMP."""

from typing import Any

import tensorflow as tf

from tf_explainer.datasets.encoded_images.image_header import (
    DAMAGED,
    ByteReader,
    ImageHeader,
)

_FILE_HEAD, _SHORTEST_HEAD = 14, 40
_BITS = (1, 4, 8, 24, 32)


def bmp_header(file: ByteReader) -> ImageHeader:
    """Reads the head; only plain pixels are taken, no run lengths or masks.

    Args:
        file: The file.

    Returns:
        Its header; `facts` are the place of the pixels, the bits of one, and
        whether the first row is the upper one.
    """
    start = file.number(10, 4, little=True)
    head = file.number(14, 4, little=True)
    width = file.number(18, 4, little=True)
    signed = file.number(22, 4, little=True)
    bits = file.number(28, 2, little=True)
    from_top = signed >= 2**31
    height = tf.where(from_top, 2**32 - signed, signed)
    is_plain = (head >= _SHORTEST_HEAD) & (file.number(30, 4) == 0)
    is_plain &= tf.reduce_any(bits == tf.constant(_BITS, tf.int64))
    whole = start + _stride(width, bits) * height <= file.length
    whole &= start >= _FILE_HEAD + head
    problem = tf.where(whole, "", DAMAGED)
    kind = "the BMP is compressed, or has no 1, 4, 8, 24 or 32 bits a pixel"
    problem = tf.where(is_plain, problem, kind)
    facts = (start, bits, from_top)
    return ImageHeader.make(problem, height, width, facts=facts)


def bmp_pixels(file: ByteReader, header: ImageHeader) -> Any:
    """Decodes; TensorFlow's own decoder knows no palettes.

    Args:
        file: The file.
        header: Its header.

    Returns:
        Uint8 RGB `(H, W, 3)`. A fourth byte of a pixel has no meaning.
    """
    start, bits, from_top = tf.unstack(header.facts)
    stride = _stride(header.width, bits)
    raw = file.block(start, stride * header.height)
    rows = tf.reshape(raw, (header.height, stride))

    def colors() -> Any:
        row = rows[:, : header.width * bits // 8]
        shape = (header.height, header.width, bits // 8)
        return tf.reshape(row, shape)[:, :, 2::-1]

    def indexed() -> Any:
        shifts = tf.range(8 - bits, -1, -bits)
        parts = tf.bitwise.right_shift(
            rows[:, :, None], tf.cast(shifts, tf.uint8)
        )
        mask = tf.bitwise.left_shift(tf.constant(1, tf.int64), bits) - 1
        parts = tf.bitwise.bitwise_and(parts, tf.cast(mask, tf.uint8))
        flat = tf.reshape(parts, (header.height, -1))[:, : header.width]
        return tf.gather(_palette(file, start), tf.cast(flat, tf.int32))

    image = tf.cond(bits >= 24, colors, indexed)
    return tf.cond(from_top > 0, lambda: image, lambda: image[::-1])


def _palette(file: ByteReader, start: Any) -> Any:
    """Returns uint8 `(256, 3)`; it ends where the pixels begin."""
    at = _FILE_HEAD + file.number(14, 4, little=True)
    held = file.block(at, tf.clip_by_value(start - at, 0, 1024) // 4 * 4)
    table = tf.reshape(held, (-1, 4))[:, 2::-1]
    return tf.pad(table, [[0, 256 - tf.shape(table)[0]], [0, 0]])


def _stride(width: Any, bits: Any) -> Any:
    """Returns the bytes of a row, which fill four at a time."""
    return (width * bits + 31) // 32 * 4
