"""Rabbits: long ears, big haunches, long hind feet, tail like a ball."""

from tf_explainer.datasets.drawn_animals.animal import Animal
from tf_explainer.datasets.drawn_animals.parts.head import Ears, Head
from tf_explainer.datasets.drawn_animals.parts.legs import Bone, Legs
from tf_explainer.datasets.drawn_animals.parts.muzzle import Muzzle
from tf_explainer.datasets.drawn_animals.parts.tail import Tail
from tf_explainer.datasets.drawn_animals.parts.torso import Neck, Torso

ANIMAL = Animal(
    height=0.36,
    rear=(8.0, 34.0),
    torso=Torso(chest=0.22, barrel=0.27, rump=0.285, width=0.82, length=0.82),
    neck=Neck(
        root=(0.26, 0.1),
        length=0.17,
        radii=(0.15, 0.14),
        raised=(30.0, 62.0),
    ),
    head=Head(
        radius=0.185,
        skull=(1.1, 0.92, 0.85),
        nose_up=(-26.0, 4.0),
        eye=(0.38, 0.25, 0.7),
        eye_radius=0.2,
    ),
    on_head=(
        Ears((-0.35, 0.6, 0.32), 2.0, 0.6, (4.0, 30.0), (8.0, 50.0), 40.0),
        Muzzle((0.6, -0.25), (0.95, -0.28), (0.5, 0.36), (0.12, 0.14)),
    ),
    horns=(),
    legs=(
        Legs(
            "front_legs",
            (0.22, -0.1, 0.09),
            (
                Bone(0.5, -10.0, (0.1, 0.066)),
                Bone(0.5, 6.0, (0.066, 0.05)),
            ),
            "paw",
            0.08,
            14.0,
        ),
        Legs(
            "hind_legs",
            (-0.2, -0.05, 0.14),
            (
                Bone(0.55, 34.0, (0.21, 0.12)),
                Bone(0.45, -48.0, (0.12, 0.06)),
            ),
            "long",
            0.125,
            10.0,
            0.25,
        ),
    ),
    on_body=(Tail((-0.42, 0.03), 0.0, (0.115, 0.0, 0.0)),),
)
