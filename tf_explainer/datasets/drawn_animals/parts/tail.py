"""Tails and wings."""

import dataclasses
import math

from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.shapes import Frame, Shape, blob, cone


@dataclasses.dataclass(frozen=True)
class Tail:
    """A tail that tapers or thickens, with or without a tuft.

    Attributes:
        root: Its start in the body's frame, (forward, up).
        length: Its length; a ball if 0.
        radii: At the root, the middle and the tip.
        raised: Angle of its start above the line to the back in degrees,
            lowest and highest.
        curl: Bend from root to tip in degrees, at the lowest and the highest.
        tuft: Radius of the tuft of hair at its tip, 0 for none.
        tint: What it is made of.
    """

    root: tuple[float, float]
    length: float
    radii: tuple[float, float, float]
    raised: tuple[float, float] = (0.0, 0.0)
    curl: tuple[float, float] = (0.0, 0.0)
    tuft: float = 0.0
    tint: str = "coat"

    def shapes(self, body: Frame, pose: Pose, build: Build) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""
        root = body.moved(*self.root)
        if not self.length:
            radius = build.tail * self.radii[0]
            return [blob("tail", self.tint, root, (0, 0, 0), (radius,) * 3)]
        root = root.upright().yawed(pose.wag)
        bones = 7
        step = build.tail * self.length / bones
        start = math.radians(_between(self.raised, pose.tail))
        curl = math.radians(_between(self.curl, pose.tail))
        x = y = 0.0
        shapes: list[Shape] = []
        for bone in range(bones):
            angle = start + curl * (bone + 0.5) / bones
            x1, y1 = x - step * math.cos(angle), y + step * math.sin(angle)
            ends = (
                self._radius(bone / bones),
                self._radius((bone + 1) / bones),
            )
            shapes.append(
                cone("tail", self.tint, root, (x, y, 0), (x1, y1, 0), ends)
            )
            x, y = x1, y1
        if self.tuft:
            tuft = root.moved(x, y).pitched(math.pi / 2 - angle)
            shapes.append(
                blob(
                    "tail",
                    "hair",
                    tuft,
                    (0, 0.9 * self.tuft, 0),
                    (self.tuft, 2 * self.tuft, self.tuft),
                )
            )
        return shapes

    def _radius(self, share: float) -> float:
        root, middle, tip = self.radii
        if share < 0.5:
            return root + 2 * share * (middle - root)
        return middle + (2 * share - 1) * (tip - middle)


@dataclasses.dataclass(frozen=True)
class Fan:
    """A bird's tail, a fan of feathers.

    Attributes:
        root: Its start in the body's frame, (forward, up).
        length: Of the feathers.
        width: Half width of a feather.
        feathers: How many there are.
        raised: Angle above the line to the back in degrees, lowest and
            highest.
    """

    root: tuple[float, float]
    length: float
    width: float
    feathers: int = 5
    raised: tuple[float, float] = (-15.0, 20.0)

    def shapes(self, body: Frame, pose: Pose, build: Build) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""
        length = build.tail * self.length
        angle = math.radians(_between(self.raised, pose.tail))
        root = body.moved(*self.root).pitched(-angle)
        spread = math.radians(10.0 + 12.0 * pose.wings)
        shapes: list[Shape] = []
        for index in range(self.feathers):
            turn = spread * (index - (self.feathers - 1) / 2)
            feather = root.yawed(0.7 * turn).pitched(0.45 * turn)
            shapes.append(
                blob(
                    "tail",
                    "feather",
                    feather,
                    (-0.5 * length, 0, 0),
                    (0.55 * length, 0.55 * self.width, self.width),
                )
            )
        return shapes


def _between(limits: tuple[float, float], share: float) -> float:
    return limits[0] + share * (limits[1] - limits[0])


@dataclasses.dataclass(frozen=True)
class Wings:
    """Two wings of feathers, folded along the body or spread.

    Attributes:
        joint: Where the right wing starts, (forward, up, side) in the body.
        length: Of the longest feather.
        width: Half width of a feather.
        feathers: How many long feathers a wing has.
    """

    joint: tuple[float, float, float]
    length: float
    width: float
    feathers: int = 5

    def shapes(self, body: Frame, pose: Pose, build: Build) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""
        # Mostly folded; the upper fifth of the fraction opens them.
        opened = max(0.0, pose.wings - 0.6) / 0.4
        shapes: list[Shape] = []
        for side in (1, -1):
            x, y, z = self.joint
            wing = body.moved(x, y, side * z * build.girth)
            wing = wing.rolled(-side * 1.9 * opened)
            shapes += self._wing(wing, opened, side)
        return shapes

    def _wing(self, wing: Frame, opened: float, side: int) -> list[Shape]:
        length = self.length
        shapes: list[Shape] = []
        for index in range(self.feathers):
            share = index / (self.feathers - 1)
            turn = math.radians(-4.0 + (9.0 + 55.0 * opened) * share)
            reach = length * (1.0 - 0.34 * share)
            feather = wing.pitched(turn)
            shapes.append(
                blob(
                    "wings",
                    "feather",
                    feather,
                    (-0.5 * reach, -0.05 * share, side * 0.012 * (3 - index)),
                    (0.54 * reach, self.width, 0.035),
                )
            )
        shapes.append(
            blob(
                "wings",
                "coat",
                wing.pitched(0.12 + 0.4 * opened),
                (-0.2 * length, -0.02, side * 0.03),
                (0.3 * length, 1.7 * self.width, 0.05),
            )
        )
        return shapes
