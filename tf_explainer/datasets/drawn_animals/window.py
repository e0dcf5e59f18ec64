"""Rectangles of pixels."""

import functools
from collections.abc import Sequence

import numpy as np

# Rows and columns of an image.
Window = tuple[slice, slice]
# Left, top, right and bottom, in fractions of the image.
Box = tuple[float, float, float, float]


def window_of(box: Box, pixels: int, multiple: int = 1) -> Window:
    """Returns the pixels that a box touches.

    Args:
        box: Left, top, right and bottom, fractions of the image.
        pixels: Height and width of the image.
        multiple: The window starts and ends at a multiple of this.
    """
    left, top, right, bottom = box
    return (
        _clipped(top, bottom, pixels, multiple),
        _clipped(left, right, pixels, multiple),
    )


def windows_of(boxes: Sequence[Box], pixels: int) -> list[Window]:
    """Returns the pixels that each box touches, as `window_of` does.

    Args:
        boxes: Left, top, right and bottom of each, fractions of the image.
        pixels: Height and width of the image.
    """
    edges = (np.array(boxes) * pixels).astype("int64")
    edges[:, 2:] += 1
    left, top, right, bottom = np.clip(edges, 0, pixels).T.tolist()
    return [
        (slice(row, max(row, row_end)), slice(column, max(column, column_end)))
        for row, row_end, column, column_end in zip(
            top, bottom, left, right, strict=True
        )
    ]


def inside(window: Window, outer: Window) -> Window:
    """Returns a window as seen from an outer one that holds it.

    Args:
        window: Rows and columns of the image.
        outer: Rows and columns of the image.
    """
    (rows, columns), (outer_rows, outer_columns) = window, outer
    top, left = outer_rows.start, outer_columns.start
    return (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )


def overlap(first: Window, second: Window) -> Window:
    """Returns the window that two windows share, empty if they share none.

    Args:
        first: Rows and columns of the image.
        second: Rows and columns of the image.
    """
    (rows, columns), (other_rows, other_columns) = first, second
    return _shared(rows, other_rows), _shared(columns, other_columns)


def _shared(first: slice, second: slice) -> slice:
    start = max(first.start, second.start)
    stop = min(first.stop, second.stop)
    # Empty, yet within both sides.
    start = min(start, first.stop, second.stop)
    return slice(start, max(start, stop))


def shape_of(window: Window) -> tuple[int, int]:
    """Returns the number of rows and columns.

    Args:
        window: Rows and columns of the image.
    """
    rows, columns = window
    return rows.stop - rows.start, columns.stop - columns.start


@functools.cache
def places(pixels: int) -> np.ndarray:
    """Returns the centers of pixels along one side.

    Args:
        pixels: Height or width of the image.

    Returns:
        Float32 `(pixels,)`, fractions of the image, read only.
    """
    centers = ((np.arange(pixels) + 0.5) / pixels).astype("float32")
    centers.flags.writeable = False
    return centers


def _clipped(low: float, high: float, pixels: int, multiple: int) -> slice:
    first = min(max(int(low * pixels), 0), pixels)
    last = min(max(int(high * pixels) + 1, first), pixels)
    return slice(first - first % multiple, last + -last % multiple)
