"""A kind of animal, put together from its parts."""

import dataclasses
import math
from typing import Protocol

from tf_explainer.datasets.drawn_animals.parts.head import Head, Horns
from tf_explainer.datasets.drawn_animals.parts.legs import Legs
from tf_explainer.datasets.drawn_animals.parts.torso import Neck, Torso
from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.shapes import Frame, Shape


class Posed(Protocol):
    """A part that follows the pose in the frame of what it sits on."""

    def shapes(self, frame: Frame, pose: Pose, build: Build, /) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing."""


@dataclasses.dataclass(frozen=True)
class Animal:
    """The measures of a kind of animal; its torso is about 1 long.

    Attributes:
        height: Of the torso's center above the ground.
        rear: Angle of the chest above the rump in degrees, least and most.
        torso: The torso.
        neck: The neck, with the mane.
        head: The skull, with the eyes.
        on_head: Ears, and muzzle, beak or trunk.
        horns: Horns and tusks.
        legs: Pairs of legs.
        on_body: Tail and wings.
    """

    height: float
    rear: tuple[float, float]
    torso: Torso
    neck: Neck
    head: Head
    on_head: tuple[Posed, ...]
    horns: tuple[Horns, ...]
    legs: tuple[Legs, ...]
    on_body: tuple[Posed, ...]

    def shapes(self, pose: Pose, build: Build) -> list[Shape]:
        """Returns all solids of one animal of this kind.

        The animal faces along the first axis, the second points up, the third
        to its right. The torso's center is the origin.
        """
        low, high = self.rear
        rear = math.radians(low + (high - low) * pose.rear)
        body = Frame().pitched(rear)
        ground = -self.height * build.legs
        neck = self.neck.frame(body, pose, build)
        head = self.head.frame(neck, pose, build)
        shapes: list[Shape] = [*self.torso.shapes(body, build)]
        shapes += self.neck.shapes(body, neck)
        shapes += self.head.shapes(head)
        for legs in self.legs:
            shapes += legs.shapes(body, ground, pose, build)
        for horns in self.horns:
            shapes += horns.shapes(head, build)
        for part in self.on_head:
            shapes += part.shapes(head, pose, build)
        for part in self.on_body:
            shapes += part.shapes(body, pose, build)
        return shapes
