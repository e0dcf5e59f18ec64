"""GIF."""

from typing import Any

import tensorflow as tf

from tf_explainer.datasets.encoded_images.image_header import (
    DAMAGED,
    ByteReader,
    ImageHeader,
)

_SCREEN = 13
_EXTENSION, _IMAGE = 0x21, 0x2C
_AT_ORIGIN, _TRAILER = b"\0\0\0\0", b";"
_MOST_BLOCKS = 10_000_000


def gif_header(file: ByteReader) -> ImageHeader:
    """Reads the heads of the blocks up to the end of the first image.

    Args:
        file: The file.

    Returns:
        Its header; `facts` are where the first image's block begins and
        where it ends.
    """

    def more(at: Any, inside: Any, image: Any) -> Any:
        kind = file.number(at, 1)
        known = (kind == _EXTENSION) | (kind == _IMAGE)
        return (at < file.length) & (inside | ((image == 0) & known))

    def step(at: Any, inside: Any, image: Any) -> tuple[Any, Any, Any]:
        kind = file.number(at, 1)
        is_image = ~inside & (kind == _IMAGE)
        head = tf.where(is_image, 11 + _table(file, at + 9), 2)
        length = tf.where(inside, 1 + kind, head)
        goes_on = ~inside | (kind != 0)
        return at + length, goes_on, tf.where(is_image, at, image)

    start = _SCREEN + _table(file, 10), tf.constant(False)
    end, inside, image = tf.while_loop(
        more,
        step,
        (*start, tf.constant(0, tf.int64)),
        maximum_iterations=_MOST_BLOCKS,
    )
    whole = (image > 0) & ~inside & (end <= file.length)
    width, height = (file.number(at, 2, little=True) for at in (6, 8))
    left, top, columns, rows = _place(file, image)
    fits = (left + columns <= width) & (top + rows <= height)
    problem = tf.where(
        fits, "", "the image of the GIF is larger than its screen"
    )
    problem = tf.where(whole, problem, DAMAGED)
    return ImageHeader.make(problem, height, width, facts=(image, end))


def gif_pixels(file: ByteReader, header: ImageHeader) -> Any:
    """Decodes the first image.

    Args:
        file: The file.
        header: Its header.

    Returns:
        Uint8 RGB `(H, W, 3)`.
    """
    image, end = header.facts[0], header.facts[1]
    # TensorFlow makes black of what is transparent. With all colors turned
    # into their opposites, and back, that is white. It also leaves out the
    # screen around an image, and would decode all images of an animation,
    # which may need any memory.
    shared, own = _table(file, 10), _table(file, image + 9)
    after, mine = _SCREEN + shared, image + 10
    parts = [
        _text(file, 0, _SCREEN),
        _opposite(file.block(_SCREEN, shared)),
        _text(file, after, image + 1 - after),
        _AT_ORIGIN,
        _text(file, image + 5, 5),
        _opposite(file.block(mine, own)),
        _text(file, mine + own, end - mine - own),
        _TRAILER,
    ]
    found = tf.io.decode_gif(tf.strings.join(parts))[0]
    left, top, columns, rows = _place(file, image)
    below, right = header.height - top - rows, header.width - left - columns
    return 255 - tf.pad(found, [[top, below], [left, right], [0, 0]])


def _place(file: ByteReader, image: Any) -> list[Any]:
    """Returns left, top, width and height of an image on the screen."""
    return [file.number(image + at, 2, little=True) for at in (1, 3, 5, 7)]


def _table(file: ByteReader, at: Any) -> Any:
    """Returns how many bytes the color table has that a byte tells of."""
    told = file.number(at, 1)
    size = 3 * tf.bitwise.left_shift(tf.constant(2, tf.int64), told % 8)
    return tf.where(told >= 128, size, 0)


def _text(file: ByteReader, at: Any, count: Any) -> Any:
    return tf.strings.substr(file.data, at, count)


def _opposite(colors: Any) -> Any:
    texts = tf.constant([bytes([255 - value]) for value in range(256)])
    return tf.strings.reduce_join(tf.gather(texts, tf.cast(colors, tf.int32)))
