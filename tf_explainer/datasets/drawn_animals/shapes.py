"""The two solids that every part is made of, and the frames they stand in."""

import math
from typing import NamedTuple

Vector = tuple[float, float, float]
Axes = tuple[Vector, Vector, Vector]
# Plain numbers: NumPy takes ten times as long for three of them.
UPRIGHT: Axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


class Frame(NamedTuple):
    """A coordinate system: forward, up and to the side.

    Attributes:
        origin: The place.
        axes: Forward, up and side, of unit length.
        scale: Length of one unit of this frame.
    """

    origin: Vector = (0.0, 0.0, 0.0)
    axes: Axes = UPRIGHT
    scale: float = 1.0

    def at(self, forward: float, up: float, side: float = 0.0) -> Vector:
        """Returns a point of this frame in the drawing's frame."""
        x, y, z = self.origin
        (fx, fy, fz), (ux, uy, uz), (sx, sy, sz) = self.axes
        forward, up = self.scale * forward, self.scale * up
        side = self.scale * side
        return (
            x + forward * fx + up * ux + side * sx,
            y + forward * fy + up * uy + side * sy,
            z + forward * fz + up * uz + side * sz,
        )

    def moved(self, forward: float, up: float, side: float = 0.0) -> "Frame":
        """Returns this frame with its origin at a point of it."""
        return Frame(self.at(forward, up, side), self.axes, self.scale)

    def scaled(self, factor: float) -> "Frame":
        """Returns this frame with its unit made longer by a factor."""
        return Frame(self.origin, self.axes, self.scale * factor)

    def upright(self) -> "Frame":
        """Returns this frame turned as the drawing's frame is."""
        return Frame(self.origin, UPRIGHT, self.scale)

    def pitched(self, angle: float) -> "Frame":
        """Returns this frame with its nose turned up, angle in radians."""
        forward, up, side = self.axes
        forward, up = _turned(forward, up, angle)
        return Frame(self.origin, (forward, up, side), self.scale)

    def yawed(self, angle: float) -> "Frame":
        """Returns this frame with its nose turned to the side, in radians."""
        forward, up, side = self.axes
        forward, side = _turned(forward, side, angle)
        return Frame(self.origin, (forward, up, side), self.scale)

    def rolled(self, angle: float) -> "Frame":
        """Returns this frame with its top leant to the side, in radians."""
        forward, up, side = self.axes
        up, side = _turned(up, side, angle)
        return Frame(self.origin, (forward, up, side), self.scale)


def _turned(
    first: Vector, second: Vector, angle: float
) -> tuple[Vector, Vector]:
    cosine, sine = math.cos(angle), math.sin(angle)
    (ax, ay, az), (bx, by, bz) = first, second
    return (
        (
            cosine * ax + sine * bx,
            cosine * ay + sine * by,
            cosine * az + sine * bz,
        ),
        (
            cosine * bx - sine * ax,
            cosine * by - sine * ay,
            cosine * bz - sine * az,
        ),
    )


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
