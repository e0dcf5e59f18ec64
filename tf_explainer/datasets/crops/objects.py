"""One annotated object: in its photograph, and cut out of it."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from tf_explainer.datasets.encoded_images.eager import file_header, rgb_image


class Box(NamedTuple):
    """A box in an image; edges in pixels from the top left corner, 0-based.

    The first pixel reaches from 0 to 1, so that the whole image is
    `Box(0, 0, height, width)`.

    Attributes:
        top: Upper edge.
        left: Left edge.
        bottom: Lower edge.
        right: Right edge.
    """

    top: float
    left: float
    bottom: float
    right: float


@dataclasses.dataclass(frozen=True, eq=False)
class PartObject:
    """Where an object and its parts are, as its data set tells it.

    Attributes:
        image: Image file.
        file: Name of the object for messages and the report.
        category: Name of its category.
        box: Its bounding box; None for the whole image.
        landmarks: Name to (row, column) in pixels of the image, as in `Box`;
            hidden ones are left out.
        more: Further features of the example.
        size: Height and width in pixels of the image that was annotated;
            None if the data set does not tell them.
    """

    image: Path
    file: str
    category: str
    box: Box | None
    landmarks: Mapping[str, tuple[float, float]]
    more: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    size: tuple[int, int] | None = None


_UPRIGHT = 1
_FIRST_ON_ITS_SIDE = 5


def photograph(path: Path, size: tuple[int, int] | None) -> Image.Image:
    """Reads a photograph whose boxes and landmarks are known in pixels.

    A camera that was not held upright stores the picture as it was, and an
    EXIF orientation. Most programs for annotating show it turned.

    Args:
        path: The file.
        size: Height and width in pixels of what was annotated; None if
            nothing tells them.

    Returns:
        The image, turned where the file has an orientation and `size` is
        that of the turned image.

    Raises:
        OSError: If there is no such file.
        ValueError: If it cannot be read, is of another size, or has an
            orientation that `size` does not confirm.
    """
    header = file_header(path)
    stored = turned = (header.height, header.width)
    if header.orientation >= _FIRST_ON_ITS_SIDE:
        turned = stored[::-1]
    if header.orientation == _UPRIGHT:
        if size not in (None, stored):
            raise ValueError(
                f"the annotation is of an image of {_told(size)}, the file "
                f"has {_told(stored)}"
            )
        return rgb_image(path)
    if size != turned:
        known = "of unknown size" if size is None else f"of {_told(size)}"
        raise ValueError(
            f"the file has {_told(stored)} and the EXIF orientation "
            f"{header.orientation}, turned {_told(turned)}; the annotation is "
            f"of an image {known}, so it may be meant as stored or turned: "
            "remove the tag from the file, turned or not"
        )
    return rgb_image(path, apply_orientation=True)


def _told(size: tuple[int, int] | None) -> str:
    height, width = size or (0, 0)
    return f"{height} x {width} pixels (height x width)"


# Boxes counted from 0 beside others counted from 1, and rounding.
_SLACK_PIXELS, _SLACK_SHARE = 2.0, 0.02


def cut_out(
    image: Image.Image,
    box: Box,
    context: float,
    landmarks: Mapping[str, tuple[float, float]],
    names: Sequence[str],
) -> tuple[Image.Image, np.ndarray]:
    """Cuts an object out of an image; its landmarks move along.

    Args:
        image: The photograph.
        box: The object's box.
        context: Share of the box's height and width added on each side, as
            far as the image reaches.
        landmarks: Name to (row, column) in pixels of the image.
        names: The landmarks wanted, in order.

    Returns:
        The crop, and float32 `(landmarks, 2)`: (row, column) as fractions of
        the crop, NaN for those that are hidden or lie outside of it.

    Raises:
        ValueError: If the box is empty or reaches out of the image.
    """
    _check(box, image)
    top, left, bottom, right = _window(box, context, image)
    origin, size = (top, left), (bottom - top, right - left)
    places = np.full((len(names), 2), np.nan, "float32")
    for index, name in enumerate(names):
        if name in landmarks:
            places[index] = (np.array(landmarks[name]) - origin) / size
    outside = ((places < 0) | (places > 1)).any(axis=1)
    places[outside] = np.nan
    return image.crop((left, top, right, bottom)), places


def _check(box: Box, image: Image.Image) -> None:
    slack_y, slack_x = (
        max(_SLACK_PIXELS, _SLACK_SHARE * side)
        for side in (image.height, image.width)
    )
    inside = (
        -slack_y <= box.top < box.bottom <= image.height + slack_y
        and -slack_x <= box.left < box.right <= image.width + slack_x
    )
    # NaN compares false.
    if not inside or box.top >= image.height or box.left >= image.width:
        edges = ", ".join(f"{edge:g}" for edge in box)
        raise ValueError(
            f"the box (top, left, bottom, right) = ({edges}) is empty or "
            f"outside the image of {image.height} x {image.width} pixels"
        )


def _window(
    box: Box, context: float, image: Image.Image
) -> tuple[int, int, int, int]:
    rows = context * (box.bottom - box.top)
    columns = context * (box.right - box.left)
    top = _within(box.top - rows, 0, image.height - 1)
    left = _within(box.left - columns, 0, image.width - 1)
    bottom = _within(box.bottom + rows, top + 1, image.height)
    right = _within(box.right + columns, left + 1, image.width)
    return top, left, bottom, right


def _within(edge: float, low: int, high: int) -> int:
    return min(max(math.floor(edge + 0.5), low), high)
