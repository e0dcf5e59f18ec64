"""JPEG."""

from typing import Any

import tensorflow as tf

from tf_explainer.datasets.encoded_images.image_header import (
    ByteReader,
    ImageHeader,
    exif_orientation,
)

_SCAN, _END = 0xFFDA, 0xFFD9
_EXIF = 0xFFE1
# Nobody writes so many; a file of fill bytes alone must end, too.
_MOST_SEGMENTS = 100_000
# libjpeg decodes at these fractions of the size, in a fraction of the time.
_RATIOS = (1, 2, 4, 8)
# Beyond this a fraction is not taken: resizing does the last step better.
_SPARE = 2


def jpeg_header(file: ByteReader, turns: bool) -> ImageHeader:
    """Reads the size, and the orientation if it is wanted.

    Args:
        file: The file.
        turns: Whether the orientation is looked for.

    Returns:
        Its header, without `facts`. The operation fails if it has none.
    """
    height, width, _ = tf.unstack(tf.io.extract_jpeg_shape(file.data))
    orientation = exif_orientation(file, _find_exif(file)) if turns else 1
    return ImageHeader.make("", height, width, orientation)


def _find_exif(file: ByteReader) -> Any:
    """Goes through the segments before the first scan."""

    def more(at: Any, _: Any) -> Any:
        code = file.number(at, 2)
        return (at < file.length) & (code != _SCAN) & (code != _END)

    def step(at: Any, exif: Any) -> tuple[Any, Any]:
        code = file.number(at, 2)
        # Fill bytes, and what damage left between segments.
        none = (code <= 0xFF00) | (code == 0xFFFF)
        bare = (code == 0xFF01) | ((code >= 0xFFD0) & (code <= 0xFFD8))
        length = tf.where(~bare, 2 + file.number(at + 2, 2), 2)
        is_exif = (code == _EXIF) & file.holds(at + 4, b"Exif\0\0")
        exif = tf.where(is_exif & (exif == 0), at + 10, exif)
        return at + tf.where(~none, length, 1), exif

    start = tf.constant(2, tf.int64), tf.constant(0, tf.int64)
    _, exif = tf.while_loop(
        more, step, start, maximum_iterations=_MOST_SEGMENTS
    )
    return exif


def jpeg_pixels(
    file: ByteReader, header: ImageHeader, smallest: tuple[int, int] | None
) -> Any:
    """Decodes as Pillow does: exact DCT, smooth colors.

    Args:
        file: The file.
        header: Its header.
        smallest: Height and width that will do, in pixels of the file: a
            much larger one is decoded at 1/2, 1/4 or 1/8 of its size. None
            for its full size.

    Returns:
        Uint8 RGB `(H, W, 3)`.
    """

    def decode(ratio: int) -> Any:
        return tf.io.decode_jpeg(
            file.data, 3, ratio, dct_method="INTEGER_ACCURATE"
        )

    if smallest is None:
        return decode(1)
    height, width = (_SPARE * side for side in smallest)
    fits = tf.minimum(header.height // height, header.width // width)
    branches = [lambda ratio=ratio: decode(ratio) for ratio in _RATIOS]
    index = sum(tf.cast(fits >= ratio, tf.int32) for ratio in _RATIOS[1:])
    return tf.switch_case(index, branches)
