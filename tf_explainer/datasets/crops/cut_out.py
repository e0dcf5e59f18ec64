"""The picture of one object, with its landmarks."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from tf_explainer.datasets.crops.part_object import Box

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
