"""Horns and tusks: curved, in pairs."""

import dataclasses
from collections.abc import Sequence

from tf_explainer.datasets.drawn_animals.frame import Frame
from tf_explainer.datasets.drawn_animals.pose import Build
from tf_explainer.datasets.drawn_animals.shapes import Cone, cone

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
