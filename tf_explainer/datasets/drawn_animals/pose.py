"""How an animal stands, and how it differs from others of its kind."""

import dataclasses
import math

from tf_explainer.datasets.drawn_animals.stream import Stream


@dataclasses.dataclass(frozen=True)
class Pose:
    """Where the animal looks and how it holds its parts.

    Drawn alike for every category; each animal has its own range for what a
    fraction means. Angles are in radians, fractions in [0, 1].

    Attributes:
        facing: 1 to the right, -1 to the left.
        yaw: Turn of the body towards the viewer, 0 is the side view.
        elevation: How far the viewer looks down.
        roll: Slope of the ground.
        stride: Length of the step, a fraction; 0 stands still.
        phase: Moment of the step, a fraction.
        rear: How far the chest is raised, a fraction.
        neck: How far the neck is raised, a fraction.
        nod: How far the nose is raised, a fraction.
        turn: Turn of the head towards the viewer.
        ears: How far the ears are turned out, a fraction.
        wings: How far the wings are spread, a fraction.
        tail: How far the tail is raised, a fraction.
        wag: Turn of the tail to the side.
    """

    facing: int
    yaw: float
    elevation: float
    roll: float
    stride: float
    phase: float
    rear: float
    neck: float
    nod: float
    turn: float
    ears: float
    wings: float
    tail: float
    wag: float

    @classmethod
    def draw(cls, stream: Stream) -> "Pose":
        """Returns a random pose."""
        uniform = stream.uniform
        return cls(
            facing=1 if stream.chance(0.5) else -1,
            yaw=math.radians(uniform(-25.0, 30.0)),
            elevation=math.radians(uniform(2.0, 16.0)),
            roll=math.radians(uniform(-5.0, 5.0)),
            stride=uniform(0.0, 1.0) if stream.chance(0.7) else 0.0,
            phase=uniform(),
            rear=uniform(),
            neck=uniform(),
            nod=uniform(),
            turn=math.radians(uniform(-14.0, 38.0)),
            ears=uniform(),
            wings=uniform(),
            tail=uniform(),
            wag=math.radians(uniform(-35.0, 35.0)),
        )


@dataclasses.dataclass(frozen=True)
class Build:
    """Factors by which one animal's measures differ from its kind's.

    Attributes:
        girth: Of the torso's thickness.
        legs: Of the legs' length.
        limbs: Of the legs' thickness.
        neck: Of the neck's length.
        head: Of the head's size.
        ears: Of the ears' and horns' length.
        tail: Of the tail's length.
    """

    girth: float
    legs: float
    limbs: float
    neck: float
    head: float
    ears: float
    tail: float

    @classmethod
    def draw(cls, stream: Stream) -> "Build":
        """Returns random factors."""
        names = [field.name for field in dataclasses.fields(cls)]
        return cls(**{name: stream.uniform(0.88, 1.13) for name in names})
