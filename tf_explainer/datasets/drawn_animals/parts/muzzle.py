"""What the mouth is: muzzles, beaks and trunks."""

import dataclasses
import math

from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.shapes import Frame, Shape, blob, cone


@dataclasses.dataclass(frozen=True)
class Muzzle:
    """A snout, from a cat's to a horse's.

    Attributes:
        root: Its start, (forward, up) in head radii.
        tip: Its end, (forward, up) in head radii.
        radii: At the start and at the end, in head radii.
        nose: Half height and half width of the bare nose, in head radii.
        nostrils: Radius of the nostrils, in head radii, 0 for none.
    """

    root: tuple[float, float]
    tip: tuple[float, float]
    radii: tuple[float, float]
    nose: tuple[float, float]
    nostrils: float = 0.0

    def shapes(self, head: Frame, pose: Pose, build: Build) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""
        del pose, build
        (x0, y0), (x1, y1) = self.root, self.tip
        end = self.radii[1]
        height, width = self.nose
        shapes: list[Shape] = [
            cone(
                "muzzle", "muzzle", head, (x0, y0, 0), (x1, y1, 0), self.radii
            ),
            blob(
                "muzzle",
                "skin",
                head,
                (x1 + 0.8 * end, y1 + 0.3 * end, 0.0),
                (0.3 * end, height, width),
            ),
        ]
        for side in (1, -1) if self.nostrils else ():
            place = (x1 + 1.0 * end, y1 + 0.3 * end, side * 0.55 * width)
            shapes.append(
                blob("muzzle", "dark", head, place, (self.nostrils,) * 3)
            )
        return shapes


@dataclasses.dataclass(frozen=True)
class Beak:
    """A beak of two halves.

    Attributes:
        root: Its start, (forward, up) in head radii.
        length: In head radii.
        height: Half height at the root, in head radii.
    """

    root: tuple[float, float]
    length: float
    height: float

    def shapes(self, head: Frame, pose: Pose, build: Build) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""
        x, y = self.root
        opened = 0.35 * max(0.0, pose.nod - 0.6)
        length = build.ears * self.length
        return [
            cone(
                "beak",
                "keratin",
                head,
                (x, y + 0.2 * self.height, 0),
                (x + length, y - 0.1 * self.height, 0),
                (self.height, 0.04),
            ),
            cone(
                "beak",
                "keratin",
                head,
                (x, y - 0.3 * self.height, 0),
                (x + 0.85 * length, y - (0.5 + 2 * opened) * self.height, 0),
                (0.75 * self.height, 0.03),
            ),
        ]


@dataclasses.dataclass(frozen=True)
class Trunk:
    """An elephant's nose, hanging and curled at its end.

    Attributes:
        root: Its start, (forward, up) in head radii.
        length: In head radii.
        radii: At the start and at the end, in head radii.
        bones: Number of straight pieces.
    """

    root: tuple[float, float]
    length: float
    radii: tuple[float, float]
    bones: int = 7

    def shapes(self, head: Frame, pose: Pose, build: Build) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""
        x, y = self.root
        step = build.tail * self.length / self.bones
        first, last = self.radii
        # A raised trunk starts forward, a hanging one drops and curls.
        start = math.radians(-50.0 + 45.0 * pose.tail)
        curl = math.radians(-50.0 + 150.0 * pose.neck)
        shapes: list[Shape] = []
        for bone in range(self.bones):
            share = (bone + 1) / self.bones
            angle = start + math.radians(-45) * min(1.0, 2.5 * share)
            angle += curl * share * share
            x1, y1 = x + step * math.cos(angle), y + step * math.sin(angle)
            ends = (
                first + (last - first) * (bone / self.bones) ** 0.7,
                first + (last - first) * share**0.7,
            )
            shapes.append(
                cone("trunk", "coat", head, (x, y, 0), (x1, y1, 0), ends)
            )
            x, y = x1, y1
        return shapes
