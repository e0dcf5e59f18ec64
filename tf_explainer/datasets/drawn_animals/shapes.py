"""The two solids that every part is made of."""

from typing import NamedTuple

from tf_explainer.datasets.drawn_animals.frame import Axes, Frame, Vector


class Cone(NamedTuple):
    """A round limb: a ball that grows or shrinks as it moves.

    Attributes:
        part: Name of the part it belongs to.
        tint: What it is made of, a name in `coat.TINTS`.
        start: Center of the first ball.
        end: Center of the last ball.
        radii: Of the first and of the last ball.
    """

    part: str
    tint: str
    start: Vector
    end: Vector
    radii: tuple[float, float]


class Blob(NamedTuple):
    """An ellipsoid.

    Attributes:
        part: Name of the part it belongs to.
        tint: What it is made of, a name in `coat.TINTS`.
        center: Its center.
        axes: Three directions of unit length, at right angles.
        radii: Half lengths along `axes`.
    """

    part: str
    tint: str
    center: Vector
    axes: Axes
    radii: Vector


Shape = Cone | Blob


def cone(
    part: str,
    tint: str,
    frame: Frame,
    start: Vector,
    end: Vector,
    radii: tuple[float, float],
) -> Cone:
    """Returns a cone between two points of a frame.

    Args:
        part: Name of the part.
        tint: What it is made of.
        frame: The frame, in which all is measured.
        start: Center of the first ball.
        end: Center of the last ball.
        radii: Of the first and of the last ball.
    """
    first, last = radii
    ends = (frame.scale * first, frame.scale * last)
    return Cone(part, tint, frame.at(*start), frame.at(*end), ends)


def blob(
    part: str, tint: str, frame: Frame, center: Vector, radii: Vector
) -> Blob:
    """Returns an ellipsoid along the axes of a frame.

    Args:
        part: Name of the part.
        tint: What it is made of.
        frame: The frame, in which all is measured.
        center: Its center.
        radii: Half lengths forward, up and to the side.
    """
    forward, up, side = radii
    scale = frame.scale
    lengths = (scale * forward, scale * up, scale * side)
    return Blob(part, tint, frame.at(*center), frame.axes, lengths)
