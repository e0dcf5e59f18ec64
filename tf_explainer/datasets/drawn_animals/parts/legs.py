"""Legs."""

import dataclasses
import math
from typing import Literal

from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.shapes import Frame, Shape, blob, cone


@dataclasses.dataclass(frozen=True)
class Bone:
    """A piece of a leg.

    Attributes:
        length: Beside that of the other bones; the whole reaches the ground.
        angle: From straight down towards the front, in degrees.
        radii: At the upper and at the lower end.
    """

    length: float
    angle: float
    radii: tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Legs:
    """A pair of legs, standing or walking.

    Attributes:
        part: `front_legs` or `hind_legs`.
        joint: Where the right leg starts, (forward, up, side) in the body.
        bones: From the body down.
        foot: What it stands on.
        foot_size: Half length of the foot.
        swing: Greatest swing of a step, in degrees.
        phase: Moment of the right leg's step; the left one is half a step on.
    """

    part: str
    joint: tuple[float, float, float]
    bones: tuple[Bone, ...]
    foot: Literal["hoof", "paw", "column", "long", "toes"]
    foot_size: float
    swing: float = 22.0
    phase: float = 0.0

    def shapes(
        self, body: Frame, ground: float, pose: Pose, build: Build
    ) -> list[Shape]:
        """Returns the shapes, in the frame of the drawing.

        Args:
            body: Frame of the torso.
            ground: Height of the ground in the drawing's frame.
            pose: Stride and phase are used.
            build: Thickness of the limbs is used.
        """
        shapes: list[Shape] = []
        for side in (1, -1):
            x, y, z = self.joint
            joint = body.moved(x, y, side * z * build.girth)
            upright = joint.upright()
            turn = 2 * math.pi * (pose.phase + self.phase + 0.25 * (1 - side))
            swing = math.radians(self.swing) * pose.stride * math.sin(turn)
            lift = 0.1 * pose.stride * max(0.0, math.cos(turn))
            shapes += self._leg(upright, ground, swing, lift, build.limbs)
        return shapes

    def _leg(
        self,
        joint: Frame,
        ground: float,
        swing: float,
        lift: float,
        thickness: float,
    ) -> list[Shape]:
        angles = [math.radians(bone.angle) + swing for bone in self.bones]
        drop = sum(
            bone.length * math.cos(angle)
            for bone, angle in zip(self.bones, angles, strict=True)
        )
        sole = 0.55 * self.foot_size
        height = (joint.origin[1] - ground) / joint.scale
        reach = (1.0 - lift) * (height - sole) / drop
        shapes: list[Shape] = []
        point = (0.0, 0.0, 0.0)
        # Socks end below the upper bone.
        tints = ("coat", *("limb" for _ in self.bones[1:]))
        for bone, angle, tint in zip(self.bones, angles, tints, strict=True):
            step = reach * bone.length
            end = (
                point[0] + step * math.sin(angle),
                point[1] - step * math.cos(angle),
                0.0,
            )
            radii = (thickness * bone.radii[0], thickness * bone.radii[1])
            shapes.append(cone(self.part, tint, joint, point, end, radii))
            point = end
        return shapes + self._foot(joint.moved(*point))

    def _foot(self, ankle: Frame) -> list[Shape]:
        size = self.foot_size
        if self.foot == "toes":
            spread = ((1.0, 0.0), (0.8, 0.55), (0.8, -0.55), (-0.7, 0.0))
            return [
                cone(
                    self.part,
                    "keratin",
                    ankle,
                    (0, -0.3 * size, 0),
                    (forward * size, -0.5 * size, side * size),
                    (0.2 * size, 0.1 * size),
                )
                for forward, side in spread
            ]
        if self.foot == "hoof":
            start, end = (0.0, 0.1 * size, 0.0), (0.3 * size, -0.3 * size, 0.0)
            radii = (0.62 * size, 0.85 * size)
            return [cone(self.part, "keratin", ankle, start, end, radii)]
        if self.foot == "column":
            radii3 = (1.05 * size, 0.55 * size, 1.05 * size)
            return [blob(self.part, "limb", ankle, (0.1 * size, 0, 0), radii3)]
        forward = 0.9 * size if self.foot == "long" else 0.35 * size
        radii3 = (size, 0.5 * size, 0.55 * size)
        if self.foot == "long":
            radii3 = (1.25 * size, 0.42 * size, 0.5 * size)
        return [blob(self.part, "limb", ankle, (forward, 0.0, 0.0), radii3)]
