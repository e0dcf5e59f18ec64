"""Cows: boxy torso, broad muzzle, horns, level ears, tasselled tail."""

from tf_explainer.datasets.drawn_animals.animal import Animal
from tf_explainer.datasets.drawn_animals.parts.head import Ears, Head, Horns
from tf_explainer.datasets.drawn_animals.parts.legs import Bone, Legs
from tf_explainer.datasets.drawn_animals.parts.muzzle import Muzzle
from tf_explainer.datasets.drawn_animals.parts.tail import Tail
from tf_explainer.datasets.drawn_animals.parts.torso import Neck, Torso

ANIMAL = Animal(
    height=0.62,
    rear=(-3.0, 3.0),
    torso=Torso(chest=0.25, barrel=0.275, rump=0.245, width=0.82, length=1.08),
    neck=Neck(
        root=(0.33, 0.08),
        length=0.3,
        radii=(0.19, 0.15),
        raised=(-18.0, 32.0),
    ),
    head=Head(
        radius=0.15,
        skull=(1.0, 0.95, 0.82),
        nose_up=(-52.0, -18.0),
        eye=(0.45, 0.35, 0.7),
        eye_radius=0.18,
    ),
    on_head=(
        Ears((-0.25, 0.42, 0.6), 1.05, 0.66, (70.0, 105.0), turned=38.0),
        Muzzle((0.5, -0.2), (1.5, -0.42), (0.78, 0.62), (0.42, 0.5), 0.14),
    ),
    horns=(
        Horns(
            (
                (-0.15, 0.8, 0.42),
                (-0.1, 1.02, 1.0),
                (0.1, 1.4, 1.25),
                (0.35, 1.85, 1.15),
            ),
            0.25,
        ),
    ),
    legs=(
        Legs(
            "front_legs",
            (0.3, -0.12, 0.12),
            (
                Bone(0.36, -4.0, (0.13, 0.075)),
                Bone(0.36, 4.0, (0.075, 0.054)),
                Bone(0.26, 0.0, (0.054, 0.05)),
            ),
            "hoof",
            0.08,
            16.0,
        ),
        Legs(
            "hind_legs",
            (-0.32, -0.08, 0.12),
            (
                Bone(0.36, 12.0, (0.165, 0.085)),
                Bone(0.32, -22.0, (0.085, 0.056)),
                Bone(0.3, 5.0, (0.056, 0.05)),
            ),
            "hoof",
            0.08,
            16.0,
            0.25,
        ),
    ),
    on_body=(
        Tail(
            (-0.54, 0.16),
            0.58,
            (0.035, 0.025, 0.02),
            (-58.0, -15.0),
            (-30.0, -75.0),
            tuft=0.055,
        ),
    ),
)
