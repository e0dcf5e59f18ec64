"""Horses: long legs, long head, mane, full tail."""

from tf_explainer.datasets.drawn_animals.animal import Animal
from tf_explainer.datasets.drawn_animals.parts.head import Ears, Head
from tf_explainer.datasets.drawn_animals.parts.legs import Bone, Legs
from tf_explainer.datasets.drawn_animals.parts.muzzle import Muzzle
from tf_explainer.datasets.drawn_animals.parts.tail import Tail
from tf_explainer.datasets.drawn_animals.parts.torso import Neck, Torso

ANIMAL = Animal(
    height=0.80,
    rear=(-3.0, 5.0),
    torso=Torso(chest=0.225, barrel=0.215, rump=0.225, width=0.75),
    neck=Neck(
        root=(0.32, 0.06),
        length=0.52,
        radii=(0.185, 0.105),
        raised=(22.0, 62.0),
        mane=0.085,
    ),
    head=Head(
        radius=0.125,
        skull=(1.15, 0.95, 0.78),
        nose_up=(-58.0, -28.0),
        eye=(0.62, 0.42, 0.62),
        eye_radius=0.2,
    ),
    on_head=(
        Ears(
            (-0.45, 0.7, 0.42), 0.95, 0.5, (5.0, 28.0), (0.0, 20.0), 25.0, True
        ),
        Muzzle((0.5, -0.15), (2.35, -0.42), (0.74, 0.47), (0.34, 0.36), 0.13),
    ),
    horns=(),
    legs=(
        Legs(
            "front_legs",
            (0.29, -0.1, 0.1),
            (
                Bone(0.34, -8.0, (0.12, 0.068)),
                Bone(0.38, 5.0, (0.068, 0.044)),
                Bone(0.26, 4.0, (0.044, 0.04)),
            ),
            "hoof",
            0.075,
        ),
        Legs(
            "hind_legs",
            (-0.28, -0.06, 0.1),
            (
                Bone(0.34, 16.0, (0.165, 0.085)),
                Bone(0.32, -26.0, (0.085, 0.05)),
                Bone(0.3, 6.0, (0.05, 0.04)),
            ),
            "hoof",
            0.075,
            phase=0.25,
        ),
    ),
    on_body=(
        Tail(
            (-0.47, 0.12),
            0.68,
            (0.045, 0.085, 0.035),
            (-38.0, 18.0),
            (-50.0, -95.0),
            tint="hair",
        ),
    ),
)
