"""Heads: the skull with its eyes."""

import dataclasses
import math

from tf_explainer.datasets.drawn_animals.frame import Frame
from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.shapes import Shape, blob


@dataclasses.dataclass(frozen=True)
class Head:
    """A skull with two eyes; all that sits on it is measured in its radius.

    Attributes:
        radius: Radius of the skull, in lengths of the torso.
        skull: Half length, height and width, in radii.
        nose_up: Angle of the nose above the horizon in degrees, lowest and
            highest.
        eye: Place of the right eye, (forward, up, side) in radii.
        eye_radius: In radii.
    """

    radius: float
    skull: tuple[float, float, float]
    nose_up: tuple[float, float]
    eye: tuple[float, float, float]
    eye_radius: float

    def frame(self, neck: Frame, pose: Pose, build: Build) -> Frame:
        """Returns the frame of the skull's center, in units of its radius."""
        low, high = self.nose_up
        angle = math.radians(low + (high - low) * pose.nod)
        upright = neck.upright()
        turned = upright.yawed(pose.turn).pitched(angle)
        return turned.scaled(build.head * self.radius)

    def shapes(self, head: Frame) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""
        x, y, z = self.eye
        shapes: list[Shape] = [
            blob("head", "coat", head, (0.0, 0.0, 0.0), self.skull)
        ]
        for side in (1, -1):
            outer, inner = 1.16 * self.eye_radius, self.eye_radius
            place = (x - 0.25 * inner, y, side * (z - 0.35 * inner))
            shapes.append(blob("eyes", "white", head, place, (outer,) * 3))
            place = (x, y, side * z)
            shapes.append(blob("eyes", "eye", head, place, (inner,) * 3))
        return shapes
