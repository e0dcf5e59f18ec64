"""Torsos, necks and manes."""

import dataclasses
import math

from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.shapes import (
    Blob,
    Cone,
    Frame,
    Shape,
    Vector,
    blob,
    cone,
)


@dataclasses.dataclass(frozen=True)
class Torso:
    """Chest, barrel and rump, one behind the other.

    Attributes:
        chest: Half height of the chest; the torso is about 1 long.
        barrel: Half height of the barrel.
        rump: Half height of the rump.
        width: Width over height.
        length: Length over that of the others.
    """

    chest: float
    barrel: float
    rump: float
    width: float = 0.8
    length: float = 1.0

    def shapes(self, body: Frame, build: Build) -> list[Blob]:
        """Returns the shapes, in the frame of the drawing."""
        solids = (
            (0.26, 0.0, 0.25, self.chest),
            (0.0, -0.02, 0.42, self.barrel),
            (-0.26, 0.01, 0.25, self.rump),
        )
        return [
            blob(
                "torso",
                "coat",
                body,
                (self.length * x, y, 0.0),
                (
                    self.length * half_length,
                    build.girth * half_height,
                    build.girth * half_height * self.width,
                ),
            )
            for x, y, half_length, half_height in solids
        ]


@dataclasses.dataclass(frozen=True)
class Neck:
    """A neck from the chest to the head, with or without a mane.

    Attributes:
        root: Its start in the body's frame, (forward, up).
        length: Its length.
        radii: At the root and at the head.
        raised: Its angle above the horizon in degrees, lowest and highest.
        mane: Thickness of the mane, 0 for none.
    """

    root: tuple[float, float]
    length: float
    radii: tuple[float, float]
    raised: tuple[float, float]
    mane: float = 0.0

    def frame(self, body: Frame, pose: Pose, build: Build) -> Frame:
        """Returns the frame at the neck's end, forward along the neck.

        The neck is raised against the horizon, not against the body, and
        turns a little with the head.
        """
        low, high = self.raised
        angle = math.radians(low + (high - low) * pose.neck)
        start = body.moved(*self.root)
        along = start.upright()
        along = along.yawed(0.35 * pose.turn).pitched(angle)
        return along.moved(build.neck * self.length, 0.0)

    def shapes(self, body: Frame, end: Frame) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""
        start = body.at(*self.root)
        shapes: list[Shape] = [
            Cone("neck", "coat", start, end.origin, self.radii)
        ]
        if self.mane:
            shapes += self._mane(start, end)
        return shapes

    def _mane(self, start: Vector, end: Frame) -> list[Shape]:
        length = math.dist(start, end.origin)
        shapes: list[Shape] = []
        for step in range(8):
            share = step / 7
            radius = self.radii[0] + share * (self.radii[1] - self.radii[0])
            lock = end.moved(-length * (1 - share), 0.86 * radius)
            shapes.append(
                blob(
                    "mane",
                    "hair",
                    lock.pitched(-0.35),
                    (0.0, 0.0, 0.3 * radius),
                    (1.05 * self.mane, 1.3 * self.mane, 0.55 * radius),
                )
            )
        # The forelock between the ears.
        shapes.append(
            cone(
                "mane",
                "hair",
                end,
                (0.02, 0.95 * self.radii[1], 0.0),
                (0.14, 0.8 * self.radii[1], 0.0),
                (0.6 * self.mane, 0.3 * self.mane),
            )
        )
        return shapes
