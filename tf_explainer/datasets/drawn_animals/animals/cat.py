"""Cats: round head, pointed ears, paws, long curved tail."""

from tf_explainer.datasets.drawn_animals.animal import Animal
from tf_explainer.datasets.drawn_animals.parts.head import Ears, Head
from tf_explainer.datasets.drawn_animals.parts.legs import Bone, Legs
from tf_explainer.datasets.drawn_animals.parts.muzzle import Muzzle
from tf_explainer.datasets.drawn_animals.parts.tail import Tail
from tf_explainer.datasets.drawn_animals.parts.torso import Neck, Torso

ANIMAL = Animal(
    height=0.48,
    rear=(-4.0, 10.0),
    torso=Torso(chest=0.19, barrel=0.18, rump=0.19, width=0.8, length=0.95),
    neck=Neck(
        root=(0.3, 0.05),
        length=0.24,
        radii=(0.15, 0.12),
        raised=(15.0, 65.0),
    ),
    head=Head(
        radius=0.19,
        skull=(0.95, 0.9, 1.0),
        nose_up=(-18.0, 12.0),
        eye=(0.69, 0.14, 0.42),
        eye_radius=0.19,
    ),
    on_head=(
        Ears(
            (-0.05, 0.5, 0.52), 1.0, 0.78, (8.0, 34.0), (0.0, 12.0), 12.0, True
        ),
        Muzzle((0.6, -0.3), (0.82, -0.34), (0.42, 0.34), (0.12, 0.16)),
    ),
    horns=(),
    legs=(
        Legs(
            "front_legs",
            (0.26, -0.08, 0.085),
            (
                Bone(0.42, -14.0, (0.1, 0.064)),
                Bone(0.42, 10.0, (0.064, 0.05)),
                Bone(0.16, 10.0, (0.05, 0.05)),
            ),
            "paw",
            0.085,
            26.0,
        ),
        Legs(
            "hind_legs",
            (-0.27, -0.04, 0.085),
            (
                Bone(0.38, 28.0, (0.15, 0.078)),
                Bone(0.34, -44.0, (0.078, 0.05)),
                Bone(0.28, 4.0, (0.05, 0.05)),
            ),
            "paw",
            0.085,
            26.0,
            0.25,
        ),
    ),
    on_body=(
        Tail(
            (-0.42, 0.08),
            0.85,
            (0.055, 0.05, 0.038),
            (-35.0, 75.0),
            (70.0, -85.0),
        ),
    ),
)
