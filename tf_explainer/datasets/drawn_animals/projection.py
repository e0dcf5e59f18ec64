"""Solids as the viewer sees them, in fractions of the image."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals.pose import Pose
from tf_explainer.datasets.drawn_animals.shapes import Blob, Cone

# Sines differ in the last digits between machines; pixels must not.
_DIGITS = 6


class SeenCone(NamedTuple):
    """A cone in image coordinates: right, down, towards the viewer."""

    part: str
    tint: str
    start: tuple[float, float, float]
    step: tuple[float, float, float]
    start_radius: float
    growth: float
    box: tuple[float, float, float, float]


class SeenBlob(NamedTuple):
    """An ellipsoid in image coordinates, `xᵀ form x = 1` about its center."""

    part: str
    tint: str
    center: tuple[float, float, float]
    form: tuple[float, float, float, float, float, float]
    box: tuple[float, float, float, float]


Seen = SeenCone | SeenBlob


class Placement(NamedTuple):
    """Where in the image the animal goes.

    Attributes:
        extent: Square root of width times height, a fraction of the image.
        across: Place between the left and the right end, a fraction.
        along: Place between the upper and the lower end, a fraction.
    """

    extent: float
    across: float
    along: float


# Largest side of an animal, and how much of it may lie outside the image.
_LARGEST = 0.94
_OUTSIDE = 0.03


def project(
    shapes: Sequence[Blob | Cone], pose: Pose, placement: Placement
) -> tuple[list[Seen], float]:
    """Turns an animal towards the viewer and puts it into the image.

    Args:
        shapes: Solids in the animal's frame.
        pose: Its angles to the viewer are used.
        placement: Where it goes.

    Returns:
        The solids in fractions of the image, and the length of the animal's
        unit in them.
    """
    view = _view(pose)
    boxes = np.array([_box(shape, view) for shape in shapes])
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = boxes[:, 2:].max(axis=0)
    width, height = right - left, bottom - top
    scale = placement.extent / math.sqrt(width * height)
    scale = round(min(scale, _LARGEST / max(width, height)), _DIGITS)
    x = _place(scale * width, placement.across) - scale * left
    y = _place(scale * height, placement.along) - scale * top
    origin = np.array([x, y, 0.0])
    return [_see(shape, view, scale, origin) for shape in shapes], scale


def _view(pose: Pose) -> np.ndarray:
    """Returns the matrix with rows right, down, towards the viewer."""
    cosine, sine = math.cos(pose.yaw), math.sin(pose.yaw)
    right = np.array([cosine, 0.0, -sine])
    nearer = np.array([sine, 0.0, cosine])
    up = np.array([0.0, 1.0, 0.0])
    cosine, sine = math.cos(pose.elevation), math.sin(pose.elevation)
    up, nearer = cosine * up - sine * nearer, cosine * nearer + sine * up
    cosine, sine = math.cos(pose.roll), math.sin(pose.roll)
    right, up = cosine * right + sine * up, cosine * up - sine * right
    return np.stack([pose.facing * right, -up, nearer])


def _box(shape: Blob | Cone, view: np.ndarray) -> tuple[float, ...]:
    """Returns left, top, right and bottom."""
    if isinstance(shape, Cone):
        ax, ay, _ = view @ shape.start
        bx, by, _ = view @ shape.end
        ra, rb = shape.start_radius, shape.end_radius
        return (
            min(ax - ra, bx - rb),
            min(ay - ra, by - rb),
            max(ax + ra, bx + rb),
            max(ay + ra, by + rb),
        )
    x, y, _ = view @ shape.center
    axes = shape.axes @ view.T * np.array(shape.radii)[:, None]
    rx, ry, _ = np.sqrt((axes**2).sum(axis=0))
    return (x - rx, y - ry, x + rx, y + ry)


def _place(side: float, share: float) -> float:
    low, high = -_OUTSIDE * side, 1.0 - side + _OUTSIDE * side
    return low + share * (high - low)


def _see(
    shape: Blob | Cone, view: np.ndarray, scale: float, origin: np.ndarray
) -> Seen:
    left, top, right, bottom = _box(shape, view)
    x, y, _ = origin
    box = _rounded(
        (
            scale * left + x,
            scale * top + y,
            scale * right + x,
            scale * bottom + y,
        )
    )
    if isinstance(shape, Cone):
        start = scale * (view @ shape.start) + origin
        step = scale * (view @ (shape.end - shape.start))
        first = scale * shape.start_radius
        growth = scale * shape.end_radius - first
        return SeenCone(
            shape.part,
            shape.tint,
            _rounded(start),
            _rounded(step),
            round(first, _DIGITS),
            round(growth, _DIGITS),
            box,
        )
    center = scale * (view @ shape.center) + origin
    axes = shape.axes @ view.T
    weights = 1.0 / (scale * np.array(shape.radii)) ** 2
    form = (axes.T * weights) @ axes
    upper = form[[0, 0, 1, 0, 1, 2], [0, 1, 1, 2, 2, 2]]
    # Forms are large where solids are thin: they need no more digits.
    return SeenBlob(
        shape.part, shape.tint, _rounded(center), _rounded(upper), box
    )


def _rounded(numbers: object) -> tuple[float, ...]:
    return tuple(np.round(np.asarray(numbers, "float64"), _DIGITS).tolist())
