"""Elephants: trunk, fan ears, tusks, legs like columns."""

from tf_explainer.datasets.drawn_animals.animal import Animal
from tf_explainer.datasets.drawn_animals.parts.head import Ears, Head, Horns
from tf_explainer.datasets.drawn_animals.parts.legs import Bone, Legs
from tf_explainer.datasets.drawn_animals.parts.muzzle import Trunk
from tf_explainer.datasets.drawn_animals.parts.tail import Tail
from tf_explainer.datasets.drawn_animals.parts.torso import Neck, Torso

ANIMAL = Animal(
    height=0.66,
    rear=(-2.0, 6.0),
    torso=Torso(chest=0.32, barrel=0.35, rump=0.32, width=0.8),
    neck=Neck(
        root=(0.3, 0.12),
        length=0.28,
        radii=(0.22, 0.18),
        raised=(10.0, 40.0),
    ),
    head=Head(
        radius=0.235,
        skull=(0.92, 1.02, 0.8),
        nose_up=(-20.0, 8.0),
        eye=(0.55, 0.12, 0.66),
        eye_radius=0.12,
    ),
    on_head=(
        Ears((-0.62, -0.95, 0.98), 2.1, 1.9, (-6.0, 20.0), turned=52.0),
        Trunk((0.55, -0.2), 2.7, (0.46, 0.15)),
    ),
    horns=(
        Horns(
            (
                (0.62, -0.5, 0.36),
                (0.95, -0.72, 0.45),
                (1.35, -0.72, 0.46),
                (1.6, -0.55, 0.42),
            ),
            0.12,
            part="tusks",
        ),
    ),
    legs=(
        Legs(
            "front_legs",
            (0.27, -0.12, 0.15),
            (
                Bone(0.5, -4.0, (0.145, 0.115)),
                Bone(0.5, 4.0, (0.115, 0.11)),
            ),
            "column",
            0.115,
            14.0,
        ),
        Legs(
            "hind_legs",
            (-0.29, -0.1, 0.15),
            (
                Bone(0.5, 8.0, (0.17, 0.12)),
                Bone(0.5, -8.0, (0.12, 0.11)),
            ),
            "column",
            0.115,
            14.0,
            0.25,
        ),
    ),
    on_body=(
        Tail(
            (-0.49, 0.14),
            0.46,
            (0.04, 0.026, 0.018),
            (-48.0, -10.0),
            (-35.0, -70.0),
            tuft=0.04,
        ),
    ),
)
