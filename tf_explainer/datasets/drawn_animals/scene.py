"""What a drawing shows: all that is decided before the first pixel."""

import dataclasses

import numpy as np

from tf_explainer.datasets.drawn_animals.categories import ANIMALS
from tf_explainer.datasets.drawn_animals.clutter import (
    KINDS,
    Thing,
    draw_occluder,
)
from tf_explainer.datasets.drawn_animals.coat import Coat
from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.projection import (
    Placement,
    Projection,
    project,
)
from tf_explainer.datasets.drawn_animals.stream import (
    TILE,
    Color,
    Light,
    Stream,
    mixed,
    noise_tile,
)
from tf_explainer.datasets.drawn_animals.window import Box

# Zenith and horizon.
_SKIES = (
    ((0.36, 0.58, 0.86), (0.78, 0.87, 0.94)),
    ((0.55, 0.66, 0.78), (0.85, 0.87, 0.88)),
    ((0.66, 0.69, 0.72), (0.82, 0.82, 0.80)),
    ((0.45, 0.50, 0.70), (0.93, 0.74, 0.55)),
    ((0.30, 0.36, 0.52), (0.62, 0.60, 0.66)),
)


# Far, near and bare.
_GROUNDS = (
    ((0.46, 0.58, 0.28), (0.32, 0.46, 0.18), (0.48, 0.40, 0.26)),
    ((0.60, 0.62, 0.34), (0.50, 0.52, 0.24), (0.58, 0.48, 0.32)),
    ((0.80, 0.70, 0.50), (0.72, 0.60, 0.40), (0.62, 0.50, 0.34)),
    ((0.52, 0.42, 0.32), (0.42, 0.32, 0.24), (0.36, 0.36, 0.20)),
    ((0.86, 0.89, 0.93), (0.92, 0.94, 0.96), (0.66, 0.66, 0.62)),
    ((0.40, 0.50, 0.34), (0.26, 0.36, 0.22), (0.30, 0.30, 0.26)),
)


_HILLS = ((0.36, 0.46, 0.42), (0.46, 0.50, 0.56), (0.28, 0.38, 0.26))


@dataclasses.dataclass(frozen=True)
class Backdrop:
    """A place to stand.

    Attributes:
        horizon: Height of the horizon, a fraction of the image from above.
        sky: Colors at the zenith and at the horizon.
        ground: Colors far, near and where bare.
        hills: Height and color of each row of hills, the farthest first.
        clouds: Share of the sky that they cover.
        bare: Share of the ground that is bare.
        things: What stands about, the farthest first.
        offset: Place in the noise.
    """

    horizon: float
    sky: tuple[Color, Color]
    ground: tuple[Color, Color, Color]
    hills: tuple[tuple[float, Color], ...]
    clouds: float
    bare: float
    things: tuple[Thing, ...]
    offset: int

    @classmethod
    def draw(cls, stream: Stream, foot: float) -> "Backdrop":
        """Returns a random place.

        Args:
            stream: Random numbers.
            foot: Where the animal stands, a fraction of the image.
        """
        horizon = stream.uniform(0.12, max(0.16, foot - 0.12))
        hills = tuple(
            (stream.uniform(0.03, 0.14), stream.choice(_HILLS))
            for _ in range(int(stream.uniform(0, 3)))
        )
        sky, ground = stream.choice(_SKIES), stream.choice(_GROUNDS)
        haze = mixed(sky[1], ground[0], 0.5)
        things = []
        for _ in range(int(stream.uniform(0, 7))):
            depth = stream.uniform(0.0, 1.0)
            stands = horizon + depth * max(0.0, foot - 0.03 - horizon)
            kind = stream.choice(KINDS)
            height = (0.1 + 0.3 * depth) * stream.uniform(0.7, 1.3)
            if kind in ("tree", "fir"):
                height *= 2.0
            if kind in ("rock", "tuft"):
                height *= 0.6
            thing = Thing.draw(stream, kind, stands, height)
            things.append(thing.hazy(haze, 0.6 - 0.5 * depth))
        return cls(
            horizon,
            sky,
            ground,
            hills,
            stream.uniform(0.0, 0.7),
            stream.uniform(0.1, 0.5),
            tuple(sorted(things, key=lambda thing: thing.foot)),
            int(stream.uniform(0, TILE)),
        )

    @property
    def mean_color(self) -> Color:
        """RGB of what is behind the animal, about."""
        far, near, _ = self.ground
        return mixed(far, near, 0.5)

    def paint(self, pixels: int, light: Light) -> np.ndarray:
        """Paints the place.

        Args:
            pixels: Height and width.
            light: Light on it.

        Returns:
            Float32 RGB `(pixels, pixels, 3)`, about within [0, 1].
        """
        places = ((np.arange(pixels) + 0.5) / pixels).astype("float32")
        image = self._sky(places)
        for row, (height, color) in enumerate(self.hills):
            self._hill(image, places, height, color, row)
        self._ground(image, places)
        for thing in self.things:
            for patch in thing.patches(pixels, light):
                patch.onto(image)
        return image

    def _sky(self, places: np.ndarray) -> np.ndarray:
        zenith, low = (np.array(color, "float32") for color in self.sky)
        share = np.minimum(places / np.float32(self.horizon), 1.0)
        rows = zenith + share[:, None] * (low - zenith)
        image = np.repeat(rows[:, None], len(places), axis=1)
        top = slice(0, min(len(places), int(self.horizon * len(places)) + 1))
        index = (places * 200.0).astype("int64") + self.offset
        tile = noise_tile(8, 2)
        clouds = tile[(2 * index[top]) % TILE][:, index % TILE]
        alpha = np.clip((clouds - (1.0 - self.clouds)) * 2.5, 0.0, 0.8)
        image[top] += alpha[..., None] * (np.float32(0.95) - image[top])
        return image

    def _hill(
        self,
        image: np.ndarray,
        places: np.ndarray,
        height: float,
        color: Color,
        row: int,
    ) -> None:
        index = (places * 180.0).astype("int64") + self.offset
        crest = noise_tile(4, 1, 4)[(self.offset + 70 * row) % TILE]
        edge = self.horizon + 0.01 - height * crest[index % TILE]
        pixels = len(places)
        rows = slice(
            max(0, int((self.horizon - height) * pixels) - 1),
            min(pixels, int((self.horizon + 0.03) * pixels) + 1),
        )
        alpha = np.clip((places[rows, None] - edge) * pixels + 0.5, 0.0, 1.0)
        shade = 0.85 + 0.3 * noise_tile(32)[index[rows] % TILE][:, index % TILE]
        hazy = 0.55 + 0.25 * row
        paint = np.array(color, "float32") * hazy
        paint = paint + np.array(self.sky[1], "float32") * (1.0 - hazy)
        behind = image[rows]
        behind += alpha[..., None] * (shade[..., None] * paint - behind)

    def _ground(self, image: np.ndarray, places: np.ndarray) -> None:
        pixels = len(places)
        first = min(pixels - 1, max(0, int(self.horizon * pixels)))
        down = places[first:] - np.float32(self.horizon)
        # A plane seen at an angle: what is far is small.
        far = 1.0 / (np.maximum(down, 0.0) + np.float32(0.14))
        rows = (far * 90.0).astype("int64") + self.offset
        columns = ((places - 0.5) * far[:, None] * 34.0).astype("int64") % TILE
        coarse = noise_tile(8, 2)[rows[:, None] % TILE, columns]
        fine = noise_tile(64, 1, 2)[(3 * rows[:, None]) % TILE, columns]
        colors = [np.array(color, "float32") for color in self.ground]
        share = np.minimum(down * 1.6, 1.0)[:, None, None]
        paint = colors[0] + share * (colors[1] - colors[0])
        bare = np.clip((self.bare - coarse) * 5.0, 0.0, 0.85)[..., None]
        paint = paint + bare * (colors[2] - paint)
        paint *= (0.82 + 0.2 * coarse + 0.18 * fine)[..., None]
        edge = np.clip(down * pixels + 0.5, 0.0, 1.0)[:, None, None]
        image[first:] += edge * (paint - image[first:])


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
