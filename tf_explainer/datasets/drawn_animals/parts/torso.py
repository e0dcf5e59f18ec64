"""Torsos."""

import dataclasses

from tf_explainer.datasets.drawn_animals.frame import Frame
from tf_explainer.datasets.drawn_animals.pose import Build
from tf_explainer.datasets.drawn_animals.shapes import Blob, blob


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
