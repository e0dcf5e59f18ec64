"""One image with the place where a filter fires marked in it."""

import numpy as np
from PIL import Image, ImageDraw

from tf_explainer.evaluation.receptive_fields.round_discs import (
    LARGEST_FIELD,
    SMALLEST_FIELD,
)
from tf_explainer.visualization.style import BLACK, SKY, YELLOW

_SMOOTH = 3


def peak_tile(
    image: np.ndarray,
    peak: np.ndarray,
    field: tuple[float, float],
    landmark: np.ndarray | None = None,
    size: int = 160,
) -> np.ndarray:
    """Draws a yellow ring at the peak and a blue cross at the landmark.

    The ring has the height and width of the receptive field, but not more
    than 0.4 of the image: the theoretical field of a deep layer covers the
    whole image and would say nothing.

    Args:
        image: uint8 `(height, width, 3)`, RGB.
        peak: `(row, column)`, fractions of the image; NaN draws no ring.
        field: Height and width of the receptive field, fractions.
        landmark: `(row, column)`, fractions; NaN or None draws no cross.
        size: Longer side of the result, pixels.

    Returns:
        uint8 `(rows, columns, 3)` of the image's proportions.
    """
    height, width = image.shape[:2]
    scale = _SMOOTH * size / max(height, width)
    shape = max(round(width * scale), 1), max(round(height * scale), 1)
    picture = Image.fromarray(image).resize(shape, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    if not np.isnan(peak).any():
        _ring(draw, shape, peak, field)
    if landmark is not None and not np.isnan(landmark).any():
        _cross(draw, shape, landmark)
    final = (-(-shape[0] // _SMOOTH), -(-shape[1] // _SMOOTH))
    return np.asarray(picture.resize(final, Image.Resampling.BOX))


def small_picture(image: np.ndarray, size: int) -> np.ndarray:
    """Returns an image of another size, its proportions kept.

    Args:
        image: uint8 `(height, width, 3)`, RGB.
        size: Longer side of the result, pixels.
    """
    picture = Image.fromarray(image)
    scale = size / max(picture.size)
    shape = [max(round(side * scale), 1) for side in picture.size]
    smaller = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    return np.asarray(picture.resize((shape[0], shape[1]), smaller))


def _ring(
    draw: ImageDraw.ImageDraw,
    shape: tuple[int, int],
    peak: np.ndarray,
    field: tuple[float, float],
) -> None:
    rows, columns = np.clip(field, SMALLEST_FIELD, LARGEST_FIELD) / 2
    row, column = peak
    box = [
        (column - columns) * shape[0],
        (row - rows) * shape[1],
        (column + columns) * shape[0],
        (row + rows) * shape[1],
    ]
    line = _line(shape)
    outer = [box[0] - line, box[1] - line, box[2] + line, box[3] + line]
    draw.ellipse(outer, outline=BLACK, width=4 * line)
    draw.ellipse(box, outline=YELLOW, width=2 * line)


def _cross(
    draw: ImageDraw.ImageDraw, shape: tuple[int, int], landmark: np.ndarray
) -> None:
    row, column = landmark[0] * shape[1], landmark[1] * shape[0]
    arm = 0.045 * max(shape)
    line = _line(shape)
    for color, width, length in (
        (BLACK, 5 * line, arm + line),
        (SKY, 3 * line, arm),
    ):
        for sign in (1, -1):
            draw.line(
                [
                    (column - length, row - sign * length),
                    (column + length, row + sign * length),
                ],
                fill=color,
                width=width,
            )


def _line(shape: tuple[int, int]) -> int:
    return max(round(max(shape) / 160), 1)
