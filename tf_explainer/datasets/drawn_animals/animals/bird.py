"""Birds: beak, wings, fan tail, two thin legs."""

from tf_explainer.datasets.drawn_animals.animal import Animal
from tf_explainer.datasets.drawn_animals.parts.head import Head
from tf_explainer.datasets.drawn_animals.parts.legs import Bone, Legs
from tf_explainer.datasets.drawn_animals.parts.muzzle import Beak
from tf_explainer.datasets.drawn_animals.parts.tail import Fan, Wings
from tf_explainer.datasets.drawn_animals.parts.torso import Neck, Torso

ANIMAL = Animal(
    height=0.5,
    rear=(2.0, 34.0),
    torso=Torso(chest=0.27, barrel=0.26, rump=0.17, width=0.85, length=0.92),
    neck=Neck(
        root=(0.27, 0.1),
        length=0.24,
        radii=(0.2, 0.15),
        raised=(30.0, 72.0),
    ),
    head=Head(
        radius=0.185,
        skull=(1.05, 0.95, 0.92),
        nose_up=(-22.0, 18.0),
        eye=(0.45, 0.22, 0.72),
        eye_radius=0.19,
    ),
    on_head=(Beak((0.75, -0.1), 1.15, 0.34),),
    horns=(),
    legs=(
        Legs(
            "hind_legs",
            (-0.03, -0.12, 0.1),
            (
                Bone(0.42, 24.0, (0.12, 0.05)),
                Bone(0.26, -30.0, (0.05, 0.03)),
                Bone(0.32, 12.0, (0.03, 0.026)),
            ),
            "toes",
            0.13,
            18.0,
        ),
    ),
    on_body=(
        Fan((-0.36, 0.02), 0.46, 0.06),
        Wings((0.2, 0.06, 0.2), 0.72, 0.085),
    ),
)
