"""Wings."""

import dataclasses
import math

from tf_explainer.datasets.drawn_animals.frame import Frame
from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.shapes import Shape, blob


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
