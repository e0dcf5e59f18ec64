"""PNG."""

from typing import Any

import tensorflow as tf

from tf_explainer.datasets.encoded_images.image_header import (
    DAMAGED,
    ByteReader,
    ImageHeader,
    exif_orientation,
)

# Bounds the memory that numbers between the bytes take.
_BLOCK = 2**20


def on_white(pixels: Any) -> Any:
    """Lays an image on white.

    Args:
        pixels: Uint8 RGBA `(H, W, 4)`.

    Returns:
        Uint8 RGB `(H, W, 3)`, rounded.
    """
    shape = tf.shape(pixels)
    flat = tf.reshape(pixels, (-1, 4))
    blocks = (tf.shape(flat)[0] + _BLOCK - 1) // _BLOCK
    parts = tf.TensorArray(
        tf.uint8, blocks, infer_shape=False, element_shape=(None, 3)
    )

    def step(index: Any, parts: Any) -> tuple[Any, Any]:
        start = index * _BLOCK
        block = tf.cast(flat[start : start + _BLOCK], tf.float32)
        laid = 255.0 - (255.0 - block[:, :3]) * block[:, 3:] / 255.0
        return index + 1, parts.write(index, tf.cast(laid + 0.5, tf.uint8))

    _, parts = tf.while_loop(
        lambda index, _: index < blocks,
        step,
        (0, parts),
        parallel_iterations=1,
    )
    return tf.reshape(parts.concat(), (shape[0], shape[1], 3))


_MOST_CHUNKS = 100_000
_GREY_ALPHA, _COLOR_ALPHA = 4, 6


def png_header(file: ByteReader, turns: bool) -> ImageHeader:
    """Reads the heads of the chunks.

    Args:
        file: The file.
        turns: Whether the orientation is looked for.

    Returns:
        Its header; `facts` are whether it holds transparency, and which
        opacity TensorFlow makes up for it (-1 for none that is wrong).
    """

    def is_chunk(at: Any, name: bytes) -> Any:
        return file.holds(at + 4, name)

    def more(at: Any, clear: Any, exif: Any, pixels: Any) -> Any:
        # The orientation may stand behind the pixels, all else may not.
        last = is_chunk(at, b"IEND") if turns else pixels
        return (at < file.length) & ~last

    def step(at: Any, clear: Any, exif: Any, pixels: Any) -> tuple[Any, ...]:
        pixels |= is_chunk(at, b"IDAT")
        is_exif = is_chunk(at, b"eXIf") & (exif == 0)
        exif = tf.where(is_exif, at + 8, exif)
        clear |= is_chunk(at, b"tRNS") & ~pixels
        return at + 12 + file.number(at, 4), clear, exif, pixels

    # The chunk IHDR has 13 bytes, and 12 of frame.
    start, none = tf.constant(33, tf.int64), tf.constant(0, tf.int64)
    no = tf.constant(False)
    _, clear, exif, pixels = tf.while_loop(
        more, step, (start, no, none, no), maximum_iterations=_MOST_CHUNKS
    )
    whole = file.holds(12, b"IHDR") & pixels
    bits, color = file.number(24, 1), file.number(25, 1)
    one = tf.constant(1, tf.int64)
    return ImageHeader.make(
        tf.where(whole, "", DAMAGED),
        file.number(20, 4),
        file.number(16, 4),
        exif_orientation(file, exif) if turns else 1,
        (
            clear | (color == _GREY_ALPHA) | (color == _COLOR_ALPHA),
            tf.where(bits < 8, tf.bitwise.left_shift(one, bits) - 1, -1),
        ),
    )


def png_pixels(file: ByteReader, header: ImageHeader) -> Any:
    """Decodes; of 16 bits the upper 8 are taken.

    Args:
        file: The file.
        header: Its header.

    Returns:
        Uint8 RGB `(H, W, 3)`.
    """

    # Asked for an opacity that the file has not, TensorFlow makes one up:
    # 1, 3 or 15 of 255 where samples have 1, 2 or 4 bits.
    def clear() -> Any:
        found = tf.io.decode_png(file.data, 4)
        # All over, it is of a file whose transparency libpng did not accept.
        made_up = tf.cast(found[:, :, 3], tf.int64) == header.facts[1]
        there = tf.debugging.Assert(~tf.reduce_all(made_up), [DAMAGED])
        with tf.control_dependencies([there]):
            return on_white(tf.identity(found))

    return tf.cond(
        header.facts[0] > 0, clear, lambda: tf.io.decode_png(file.data, 3)
    )
