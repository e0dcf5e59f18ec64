"""Solids as the viewer sees them, in fractions of the image."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tf_explainer.datasets.drawn_animals.pose import Pose
from tf_explainer.datasets.drawn_animals.shapes import (
    Axes,
    Blob,
    Cone,
    Frame,
    Shape,
)
from tf_explainer.datasets.drawn_animals.window import Box

# Sines differ in the last digits between machines; pixels must not.
_DIGITS = 6
# Largest side of an animal, and how much of it may lie outside the image.
_LARGEST = 0.96
_OUTSIDE = 0.02


class Solid(NamedTuple):
    """A solid in image coordinates: right, down, towards the viewer.

    Attributes:
        part: Name of the part it belongs to.
        tint: What it is made of.
        round: Whether it is an ellipsoid, else a cone.
        box: Where it is seen.
        numbers: Of a cone its start, the step to its end, its first radius
            and its growth; of an ellipsoid about `c` with `xᵀ A x = 1` the
            center `c` and the entries xx, xy, yy, xz, yz, zz of `A`.
    """

    part: str
    tint: str
    round: bool
    box: Box
    numbers: tuple[float, ...]


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


class Projection(NamedTuple):
    """An animal in the image.

    Attributes:
        solids: In the order of the shapes.
        box: Where it is.
        scale: Length of the torso, a fraction of the image.
        middle: The torso's center, (row, column) in fractions of the image.
    """

    solids: list[Solid]
    box: Box
    scale: float
    middle: tuple[float, float]


def project(
    shapes: Sequence[Shape], pose: Pose, placement: Placement
) -> Projection:
    """Turns an animal towards the viewer and puts it into the image.

    Args:
        shapes: Solids in the animal's frame.
        pose: Its angles to the viewer are used.
        placement: Where it goes.

    Returns:
        The animal in the image. Numbers are rounded, so that they are equal
        on every machine.
    """
    view = np.array(_view(pose))
    cones = [shape for shape in shapes if isinstance(shape, Cone)]
    blobs = [shape for shape in shapes if isinstance(shape, Blob)]
    starts = np.array([shape.start for shape in cones]) @ view.T
    ends = np.array([shape.end for shape in cones]) @ view.T
    radii = np.array([shape.radii for shape in cones])
    centers = np.array([shape.center for shape in blobs]) @ view.T
    axes = np.array([shape.axes for shape in blobs]) @ view.T
    lengths = np.array([shape.radii for shape in blobs])
    boxes = np.concatenate(
        [_cone_boxes(starts, ends, radii), _blob_boxes(centers, axes, lengths)]
    )
    scale, origin = _fit(boxes, placement)
    boxes = _rounded(scale * boxes + np.tile(origin[:2], 2))
    numbers = [
        *_cone_numbers(
            scale * starts + origin, scale * ends + origin, scale * radii
        ),
        *_blob_numbers(scale * centers + origin, axes, scale * lengths),
    ]
    ordered: list[Shape] = [*cones, *blobs]
    solids = [
        Solid(shape.part, shape.tint, isinstance(shape, Blob), tuple(box), row)
        for shape, box, row in zip(
            ordered, boxes.tolist(), numbers, strict=True
        )
    ]
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    x, y, _ = origin.tolist()
    return Projection(solids, (left, top, right, bottom), scale, (y, x))


def _view(pose: Pose) -> Axes:
    """Returns the directions right, down, towards the viewer."""
    turned = Frame().yawed(pose.yaw)
    (fx, _, fz), _, _ = turned.axes
    right, up, nearer = (fx, 0.0, -fz), (0.0, 1.0, 0.0), (fz, 0.0, fx)
    level = Frame(axes=(right, up, nearer)).rolled(-pose.elevation)
    right, up, nearer = level.pitched(pose.roll).axes
    if pose.facing < 0:
        right = (-right[0], -right[1], -right[2])
    return right, (-up[0], -up[1], -up[2]), nearer


def _cone_boxes(
    starts: np.ndarray, ends: np.ndarray, radii: np.ndarray
) -> np.ndarray:
    first, last = radii[:, :1], radii[:, 1:]
    low = np.minimum(starts[:, :2] - first, ends[:, :2] - last)
    high = np.maximum(starts[:, :2] + first, ends[:, :2] + last)
    return np.concatenate([low, high], axis=1)


def _blob_boxes(
    centers: np.ndarray, axes: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
    reach = np.sqrt(((axes * lengths[:, :, None]) ** 2).sum(axis=1))[:, :2]
    centers = centers[:, :2]
    return np.concatenate([centers - reach, centers + reach], axis=1)


def _fit(boxes: np.ndarray, placement: Placement) -> tuple[float, np.ndarray]:
    """Returns the scale and the place of the animal's origin."""
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    width, height = (high - low).tolist()
    scale = placement.extent / math.sqrt(width * height)
    scale = round(min(scale, _LARGEST / max(width, height)), _DIGITS)
    left = _place(scale * width, placement.across)
    top = _place(scale * height, placement.along)
    origin = np.array([left, top, 0.0])
    origin[:2] -= scale * low
    return scale, _rounded(origin)


def _place(side: float, share: float) -> float:
    low, high = -_OUTSIDE * side, 1.0 - side + _OUTSIDE * side
    return low + share * (high - low)


def _cone_numbers(
    starts: np.ndarray, ends: np.ndarray, radii: np.ndarray
) -> list[tuple[float, ...]]:
    growth = radii[:, 1:] - radii[:, :1]
    numbers = [starts, ends - starts, radii[:, :1], growth]
    return [tuple(row) for row in _rounded(np.hstack(numbers)).tolist()]


def _blob_numbers(
    centers: np.ndarray, axes: np.ndarray, lengths: np.ndarray
) -> list[tuple[float, ...]]:
    weighted = axes / (lengths**2)[:, :, None]
    forms = np.swapaxes(axes, 1, 2) @ weighted
    upper = forms[:, [0, 0, 1, 0, 1, 2], [0, 1, 1, 2, 2, 2]]
    return [
        tuple(row) for row in _rounded(np.hstack([centers, upper])).tolist()
    ]


def _rounded(numbers: np.ndarray) -> np.ndarray:
    return np.round(numbers, _DIGITS)
