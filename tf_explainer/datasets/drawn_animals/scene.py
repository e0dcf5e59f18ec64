"""All that is decided about a drawing before the first pixel."""

import dataclasses

from tf_explainer.datasets.drawn_animals.backdrop import Backdrop
from tf_explainer.datasets.drawn_animals.categories import ANIMALS
from tf_explainer.datasets.drawn_animals.clutter import Thing, draw_occluder
from tf_explainer.datasets.drawn_animals.coat import Coat
from tf_explainer.datasets.drawn_animals.light import Light
from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.projection import (
    Placement,
    Projection,
    project,
)
from tf_explainer.datasets.drawn_animals.stream import Stream
from tf_explainer.datasets.drawn_animals.window import Box


@dataclasses.dataclass(frozen=True, eq=False)
class Scene:
    """An animal, its coat, its place and its light.

    The same whatever the size of the image and whichever parts are left out.

    Attributes:
        animal: The animal in the image.
        coat: Its colors.
        light: The light.
        backdrop: What is behind it.
        occluders: What is in front of it, from back to front.
        feet: Where it stands.
    """

    animal: Projection
    coat: Coat
    light: Light
    backdrop: Backdrop
    occluders: list[Thing]
    feet: Box

    @classmethod
    def draw(cls, seed: int, category: str) -> "Scene":
        """Returns the scene of a seed.

        Args:
            seed: The drawing's number, >= 0.
            category: Name of the animal.
        """
        streams = Stream.for_each_purpose(seed)
        pose = Pose.draw(streams["pose"])
        build = Build.draw(streams["build"])
        place = streams["place"].uniform
        placement = Placement(place(0.68, 0.88), place(), place())
        shapes = ANIMALS[category].shapes(pose, build)
        animal = project(shapes, pose, placement)
        feet = _feet(animal)
        backdrop = Backdrop.draw(streams["backdrop"], feet[3])
        return cls(
            animal=animal,
            coat=Coat.draw(streams["coat"], backdrop.mean_color),
            light=Light.draw(streams["light"]),
            backdrop=backdrop,
            occluders=draw_occluder(streams["occluder"], animal.box),
            feet=feet,
        )


def _feet(animal: Projection) -> Box:
    boxes = [
        solid.box for solid in animal.solids if solid.part.endswith("legs")
    ]
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)
