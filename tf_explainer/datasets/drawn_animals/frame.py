"""A place and a direction in the animal, that shapes are put into."""

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
