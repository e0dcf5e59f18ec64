"""Heads: the skull with its eyes, ears, horns and tusks."""

import dataclasses
import math
from collections.abc import Sequence

from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.shapes import (
    Cone,
    Frame,
    Shape,
    blob,
    cone,
)


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


@dataclasses.dataclass(frozen=True)
class Ears:
    """Two ears: pointed, or leaves of any length and width.

    Attributes:
        root: Place of the right ear, (forward, up, side) in head radii.
        length: From root to tip, in head radii.
        width: In head radii.
        splay: Lean to the side in degrees, least and most; 90 is level.
        back: Lean to the back in degrees, least and most.
        turned: Turn of the opening from the front to the side, in degrees.
        pointed: Whether it narrows to a tip.
    """

    root: tuple[float, float, float]
    length: float
    width: float
    splay: tuple[float, float]
    back: tuple[float, float] = (0.0, 0.0)
    turned: float = 0.0
    pointed: bool = False

    def shapes(self, head: Frame, pose: Pose, build: Build) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""
        splay = _between(self.splay, pose.ears)
        back = _between(self.back, 1.0 - pose.ears)
        length = build.ears * self.length
        shapes: list[Shape] = []
        for side in (1, -1):
            x, y, z = self.root
            ear = head.moved(x, y, side * z)
            ear = ear.yawed(side * math.radians(self.turned))
            ear = ear.pitched(back).rolled(side * splay)
            shapes += self._leaf(ear, length)
        return shapes

    def _leaf(self, ear: Frame, length: float) -> list[Shape]:
        half = self.width / 2
        if self.pointed:
            return [
                cone(
                    "ears", "coat", ear, (0, 0, 0), (0, length, 0), (half, 0.03)
                ),
                cone(
                    "ears",
                    "inner",
                    ear,
                    (0.45 * half, 0.08 * length, 0),
                    (0.1 * half, 0.72 * length, 0),
                    (0.62 * half, 0.03),
                ),
            ]
        thickness = 0.3 * half
        return [
            blob(
                "ears",
                "coat",
                ear,
                (0, 0.48 * length, 0),
                (thickness, 0.52 * length, half),
            ),
            blob(
                "ears",
                "inner",
                ear,
                (0.55 * thickness, 0.48 * length, 0),
                (0.6 * thickness, 0.4 * length, 0.66 * half),
            ),
        ]


def _between(limits: tuple[float, float], share: float) -> float:
    return math.radians(limits[0] + share * (limits[1] - limits[0]))


Point = tuple[float, float, float]


@dataclasses.dataclass(frozen=True)
class Horns:
    """A pair of tapering curves through given points.

    Attributes:
        points: From root to tip on the right, (forward, up, side) in head
            radii.
        radius: At the root, in head radii.
        tip: Radius at the tip, in head radii.
        part: `horns` or `tusks`.
        tint: What it is made of.
    """

    points: Sequence[Point]
    radius: float
    tip: float = 0.03
    part: str = "horns"
    tint: str = "keratin"

    def shapes(self, head: Frame, build: Build) -> list[Cone]:
        """Returns the shapes, in the frame of the drawing."""
        shapes = []
        bones = len(self.points) - 1
        for side in (1, -1):
            points = [self._reach(point, side, build) for point in self.points]
            for step in range(bones):
                ends = (
                    self._radius(step / bones),
                    self._radius((step + 1) / bones),
                )
                shapes.append(
                    cone(
                        self.part,
                        self.tint,
                        head,
                        points[step],
                        points[step + 1],
                        ends,
                    )
                )
        return shapes

    def _radius(self, share: float) -> float:
        return self.radius + share * (self.tip - self.radius)

    def _reach(self, point: Point, side: int, build: Build) -> Point:
        first = self.points[0]
        x, y, z = (
            start + build.ears * (end - start)
            for start, end in zip(first, point, strict=True)
        )
        return x, y, side * z
