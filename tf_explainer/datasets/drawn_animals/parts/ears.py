"""Ears."""

import dataclasses
import math

from tf_explainer.datasets.drawn_animals.frame import Frame
from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.shapes import Shape, blob, cone


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
