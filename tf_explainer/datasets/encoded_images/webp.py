"""WebP."""

from typing import Any

import tensorflow as tf

from tf_explainer.datasets.encoded_images.image_header import (
    DAMAGED,
    ByteReader,
    ImageHeader,
    exif_orientation,
)
from tf_explainer.datasets.encoded_images.png import on_white

# Not every TensorFlow has it.
_DECODE = getattr(tf.raw_ops, "DecodeWebP", None)
_MOST_CHUNKS = 100_000
_ANIMATED = 2
_SIDE = 2**14


def webp_header(file: ByteReader) -> ImageHeader:
    """Reads the heads of all chunks.

    Args:
        file: The file.

    Returns:
        Its header, without `facts`.
    """

    def step(
        at: Any, image: Any, exif: Any, animated: Any
    ) -> tuple[Any, Any, Any, Any]:
        is_image = file.holds(at, b"VP8 ") | file.holds(at, b"VP8L")
        image = tf.where(is_image & (image == 0), at, image)
        is_exif = file.holds(at, b"EXIF") & (exif == 0)
        # Some writers put JPEG's mark before the data.
        skipped = tf.where(file.holds(at + 8, b"Exif\0\0"), at + 14, at + 8)
        flags = file.number(at + 8, 1) & _ANIMATED
        animated |= file.holds(at, b"VP8X") & (flags > 0)
        size = file.number(at + 4, 4, little=True)
        exif = tf.where(is_exif, skipped, exif)
        return at + 8 + size + size % 2, image, exif, animated

    nowhere = tf.constant(0, tf.int64)
    _, image, exif, animated = tf.while_loop(
        lambda at, *_: at < file.length,
        step,
        (tf.constant(12, tf.int64), nowhere, nowhere, tf.constant(False)),
        maximum_iterations=_MOST_CHUNKS,
    )
    problem = tf.where(image > 0, "", DAMAGED)
    problem = tf.where(animated, "the WebP is an animation", problem)
    if _DECODE is None:
        problem = tf.constant("this version of TensorFlow reads no WebP")
    height, width = _sides(file, image)
    orientation = exif_orientation(file, exif)
    return ImageHeader.make(problem, height, width, orientation)


def webp_pixels(file: ByteReader, header: ImageHeader) -> Any:
    """Decodes.

    Args:
        file: The file.
        header: Its header.

    Returns:
        Uint8 RGB `(H, W, 3)`.
    """
    if _DECODE is None:
        return tf.zeros((1, 1, 3), tf.uint8)
    found = _DECODE(contents=file.data)[0]
    return tf.cond(
        tf.shape(found)[-1] == 4,
        lambda: on_white(found),
        lambda: found[:, :, :3],
    )


def _sides(file: ByteReader, at: Any) -> tuple[Any, Any]:
    """Returns height and width that the image's own chunk tells."""
    packed = file.number(at + 9, 4, little=True)
    lossless = 1 + packed // _SIDE % _SIDE, 1 + packed % _SIDE
    lossy = (
        file.number(at + 16, 2, little=True) % _SIDE,
        file.number(at + 14, 2, little=True) % _SIDE,
    )
    is_lossless = file.holds(at, b"VP8L")
    height, width = (
        tf.where(is_lossless, *pair)
        for pair in zip(lossless, lossy, strict=True)
    )
    return height, width
