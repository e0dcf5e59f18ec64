"""An image file of any of the kinds that are read, as RGB."""

from typing import Any

import tensorflow as tf

from tf_explainer.datasets.encoded_images.bmp import bmp_header, bmp_pixels
from tf_explainer.datasets.encoded_images.gif import gif_header, gif_pixels
from tf_explainer.datasets.encoded_images.image_header import (
    DAMAGED,
    ByteReader,
    ImageHeader,
)
from tf_explainer.datasets.encoded_images.jpeg import jpeg_header, jpeg_pixels
from tf_explainer.datasets.encoded_images.png import png_header, png_pixels
from tf_explainer.datasets.encoded_images.webp import webp_header, webp_pixels

# Pillow's own: more pixels than this it takes for an attack on the memory.
_MOST_PIXELS = 89_478_485
_LONGEST_SIDE = 65_535
_UNKNOWN = "the file is no JPEG, PNG, GIF, BMP or WebP"
# A file's first bytes; a dot stands for any.
_MARKS = (
    b"\xff\xd8\xff.........",
    b"\x89PNG\r\n\x1a\n....",
    b"GIF8........",
    b"BM..........",
    b"RIFF....WEBP",
)


def kind_of(data: bytes) -> int:
    """Returns which kind of file it is, by its first bytes.

    Args:
        data: The file's content.

    Returns:
        What `read_image` takes as `kind`.
    """
    start = data[:12].ljust(12, b"\0")
    for kind, mark in enumerate(_MARKS):
        if all(m in (ord("."), s) for m, s in zip(mark, start, strict=True)):
            return kind
    return len(_MARKS)


def read_header(data: Any) -> ImageHeader:
    """Reads what a file says of itself; no pixel is decoded.

    Args:
        data: The file's content, a scalar string tensor.

    Returns:
        Its header, with the reason if it is to be refused.
    """
    file = ByteReader(data)
    return _header(file, _kind(file), turns=True)


def read_pixels(
    data: Any,
    smallest: tuple[int, int] | None = None,
    apply_orientation: bool = False,
    kind: int | None = None,
) -> tuple[Any, Any]:
    """Decodes a JPEG, PNG, GIF, BMP or WebP.

    Grey, palette, CMYK and 16-bit images become 8-bit RGB; what is
    transparent becomes white; of an animated GIF or PNG the first image is
    taken, an animated WebP is refused.

    Args:
        data: The file's content, a scalar string tensor.
        smallest: Height and width that will do, in pixels: a much larger
            JPEG is decoded at a fraction of its size. None for full size.
        apply_orientation: Whether the image is turned as its EXIF
            orientation says, or left as stored.
        kind: The kind of the file if it is known, see `kind_of`; only the
            operations for it are then traced.

    Returns:
        Why it is refused, or an empty text; and uint8 RGB `(H, W, 3)`, one
        black pixel where it is refused. Damage in the pixels is told by the
        operation that decodes them, which fails.
    """
    file = ByteReader(data)
    found = _kind(file) if kind is None else kind
    header = _header(file, found, apply_orientation)

    def decode() -> Any:
        branches = [
            lambda: jpeg_pixels(file, header, smallest),
            lambda: png_pixels(file, header),
            lambda: gif_pixels(file, header),
            lambda: bmp_pixels(file, header),
            lambda: webp_pixels(file, header),
        ]
        image = _branch(found, branches)
        return (
            _turned(image, header.orientation) if apply_orientation else image
        )

    def nothing() -> Any:
        return tf.zeros((1, 1, 3), tf.uint8)

    if kind == len(_MARKS):
        return header.problem, nothing()
    image = tf.cond(header.problem == "", decode, nothing)
    image.set_shape((None, None, 3))
    return header.problem, image


def read_image(
    data: Any,
    height: int,
    width: int,
    apply_orientation: bool = False,
    kind: int | None = None,
) -> tuple[Any, Any]:
    """Decodes as `read_pixels` and scales height and width apart.

    Args:
        data: The file's content, a scalar string tensor.
        height: Height of the result, in pixels.
        width: Width of the result, in pixels.
        apply_orientation: As in `read_pixels`.
        kind: As in `read_pixels`.

    Returns:
        Why it is refused, or an empty text; and uint8 RGB `(height, width,
        3)`.
    """
    side = max(height, width)
    problem, image = read_pixels(data, (side, side), apply_orientation, kind)
    return problem, resized(image, height, width)


def resized(image: Any, height: int, width: int) -> Any:
    """Scales an image, bilinear and with antialiasing.

    Args:
        image: Uint8 `(H, W, channels)`.
        height: Height of the result, in pixels.
        width: Width of the result, in pixels.

    Returns:
        Uint8 `(height, width, channels)`, rounded.
    """
    scaled = tf.image.resize(image, (height, width), antialias=True)
    return tf.saturate_cast(tf.round(scaled), tf.uint8)


def _kind(file: ByteReader) -> Any:
    """Returns the place in `_MARKS`, or their number for none of them."""
    marks = tf.constant([[*mark] for mark in _MARKS], tf.uint8)
    same = (file.block(0, 12) == marks) | (marks == ord("."))
    rows = tf.concat([tf.reduce_all(same, axis=1), [True]], 0)
    return tf.argmax(rows, output_type=tf.int32)


def _header(file: ByteReader, kind: Any, turns: bool) -> ImageHeader:
    branches: list[Any] = [
        lambda: jpeg_header(file, turns),
        lambda: png_header(file, turns),
        lambda: gif_header(file),
        lambda: bmp_header(file),
        lambda: webp_header(file),
        lambda: ImageHeader.make(_UNKNOWN),
    ]
    found = _branch(kind, branches)
    fine = found.problem == ""
    problem = tf.cond(fine, lambda: _size_problem(found), lambda: found.problem)
    return found._replace(problem=problem)


def _branch(kind: Any, branches: list[Any]) -> Any:
    if isinstance(kind, int):
        return branches[kind]()
    return tf.switch_case(kind, branches)


def _size_problem(header: ImageHeader) -> Any:
    rows, columns = header.height, header.width
    longest = tf.maximum(rows, columns)
    # Sides first: the product of two that are wrong has no room in 64 bits.
    large = (longest > _LONGEST_SIDE) | (rows * columns > _MOST_PIXELS)
    sides = tf.strings.as_string(tf.stack([rows, columns]))
    size = tf.strings.reduce_join(sides, separator=" x ")
    limit = (
        f" pixels are too many: at most {_MOST_PIXELS:,} are read, "
        f"{_LONGEST_SIDE:,} on a side"
    )
    empty = tf.minimum(rows, columns) < 1
    problem = tf.where(empty, DAMAGED, "")
    return tf.where(large, tf.strings.join([size, limit]), problem)


def _turned(image: Any, orientation: Any) -> Any:
    """Turns an image upright; a camera tells how it was held."""

    def any_of(*values: int) -> Any:
        return tf.reduce_any(orientation == tf.constant(values, tf.int64))

    steps = (
        (any_of(5, 6, 7, 8), lambda one: tf.transpose(one, (1, 0, 2))),
        (any_of(2, 3, 6, 7), lambda one: one[:, ::-1]),
        (any_of(3, 4, 7, 8), lambda one: one[::-1]),
    )
    for wanted, step in steps:
        image = tf.cond(wanted, lambda i=image, s=step: s(i), lambda i=image: i)
    return image
