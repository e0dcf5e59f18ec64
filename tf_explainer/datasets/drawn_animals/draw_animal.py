"""One animal, drawn."""

from collections.abc import Collection

import numpy as np

from tf_explainer.datasets.drawn_animals.backdrop import Backdrop
from tf_explainer.datasets.drawn_animals.categories import ANIMALS, CATEGORIES
from tf_explainer.datasets.drawn_animals.coat import TINT_INDEX, Coat
from tf_explainer.datasets.drawn_animals.drawing import Drawing
from tf_explainer.datasets.drawn_animals.light import Light
from tf_explainer.datasets.drawn_animals.occluder import draw_occluder
from tf_explainer.datasets.drawn_animals.part_names import PART_NAMES
from tf_explainer.datasets.drawn_animals.pose import Build, Pose
from tf_explainer.datasets.drawn_animals.projection import (
    Placement,
    Seen,
    project,
)
from tf_explainer.datasets.drawn_animals.solid_painter import (
    FAR,
    Surface,
    paint_part,
    window_of,
)
from tf_explainer.datasets.drawn_animals.stream import Stream
from tf_explainer.errors import InputError

# Pixels painted for each pixel of the image, along one side.
_FINER = 2
# Depth over which the solids of a part flow together, in torso lengths.
_BLEND = {"torso": 0.2, "front_legs": 0.05, "hind_legs": 0.05, "muzzle": 0.04}
_BLEND |= {"trunk": 0.04, "tail": 0.03, "mane": 0.05}
_LEAST_SEEN = 0.25


def draw_animal(
    seed: int,
    category: str | None = None,
    size: int = 96,
    without: Collection[str] = (),
) -> Drawing:
    scene = Scene.draw(seed, category or CATEGORIES[seed % len(CATEGORIES)])
    return scene.paint(size, without)


class Scene:
    def __init__(
        self,
        seed,
        category,
        seen,
        scale,
        pose,
        coat,
        light,
        backdrop,
        things,
        box,
    ):
        self.__dict__.update(locals())

    @classmethod
    def draw(cls, seed, category):
        pose = Pose.draw(Stream(seed, "pose"))
        build = Build.draw(Stream(seed, "build"))
        place = Stream(seed, "place")
        placement = Placement(
            place.uniform(0.52, 0.74), place.uniform(), place.uniform()
        )
        shapes = ANIMALS[category].shapes(pose, build)
        seen, scale = project(shapes, pose, placement)
        boxes = np.array([solid.box for solid in seen])
        box = (
            *boxes[:, :2].min(axis=0).tolist(),
            *boxes[:, 2:].max(axis=0).tolist(),
        )
        legs = [s.box[3] for s in seen if s.part.endswith("legs")]
        foot = max(legs)
        backdrop = Backdrop.draw(Stream(seed, "backdrop"), min(foot, 0.97))
        coat = Coat.draw(Stream(seed, "coat"), backdrop.mean_color)
        light = Light.draw(Stream(seed, "light"))
        things = draw_occluder(Stream(seed, "occluder"), box)
        return cls(
            seed,
            category,
            seen,
            scale,
            pose,
            coat,
            light,
            backdrop,
            things,
            box,
        )

    def paint(self, size, without):
        image = self.backdrop.paint(size, self.light)
        self._shadow(image, size)
        fine = size * _FINER
        window = window_of([self.box], fine)
        window = tuple(
            slice(s.start - s.start % 2, min(fine, s.stop + s.stop % 2))
            for s in window
        )
        whole = Surface.empty(window)
        parts = np.zeros(whole.tints.shape, "uint8")
        outlines = np.zeros(len(PART_NAMES) + 1, int)
        present = []
        for part in PART_NAMES:
            solids = [s for s in self.seen if s.part == part]
            if not solids or part in without:
                continue
            present.append(part)
            surf = paint_part(
                solids,
                TINT_INDEX,
                self.light.direction,
                fine,
                _BLEND.get(part, 0.0) * self.scale,
            )
            old, tints = whole.part_of(surf.window)
            front = surf.fields[0] > old[0]
            index = PART_NAMES.index(part) + 1
            np.copyto(old, surf.fields, where=front)
            np.copyto(tints, surf.tints, where=front)
            r, c = (
                slice(i.start - o.start, i.stop - o.start)
                for i, o in zip(surf.window, window)
            )
            np.copyto(parts[r, c], index, where=front)
        colors = self._shade(whole, fine)
        a = parts > 0
        colors *= a
        q = lambda m: (
            m[..., 0::2, 0::2]
            + m[..., 0::2, 1::2]
            + m[..., 1::2, 0::2]
            + m[..., 1::2, 1::2]
        )
        alpha = q(a.astype("float32")) / 4
        rgb = q(colors) / 4
        win = tuple(slice(s.start // 2, s.stop // 2) for s in window)
        part_map = np.zeros((size, size), "uint8")
        part_map[win] = _mode(parts)
        region = image[win]
        region *= (1 - alpha)[..., None]
        region += rgb.transpose(1, 2, 0)
        before = np.bincount(part_map.ravel(), minlength=len(PART_NAMES) + 1)
        for thing in self.things:
            for patch in thing.patches(size, self.light):
                patch.onto(image)
                part_map[patch.window][patch.alpha >= 0.5] = 0
        image *= np.array(self.light.color, "float32")
        out = np.clip(image * 255 + 0.5, 0, 255).astype("uint8")
        landmarks = np.full((len(PART_NAMES), 2), np.nan, "float32")
        for k in range(len(PART_NAMES)):
            rows, cols = np.nonzero(part_map == k + 1)
            if len(rows):
                landmarks[k] = (
                    (rows.mean() + 0.5) / size,
                    (cols.mean() + 0.5) / size,
                )
        return Drawing(
            out, part_map, landmarks, self.category, tuple(present), self.seed
        )

    def _shade(self, whole, fine):
        rows, cols = whole.window
        y = ((np.arange(rows.start, rows.stop) + 0.5) / fine - 0.5) / self.scale
        x = ((np.arange(cols.start, cols.stop) + 0.5) / fine - 0.5) / self.scale
        colors, gloss = self.coat.paint(whole.tints, y, x)
        depth, lit, facing, zenith = whole.fields
        level = self.light.on(lit, zenith)
        level *= np.minimum(0.5 + 1.4 * facing, 1.0)
        level *= np.clip(1.0 + depth * (0.7 / self.scale), 0.7, 1.0)
        colors *= level
        shine = np.maximum(lit, 0) ** 2
        shine = shine * shine
        shine = shine * shine
        colors += gloss * shine * shine
        return colors

    def _shadow(self, image, size):
        legs = np.array([s.box for s in self.seen if s.part.endswith("legs")])
        left, right, bottom = (
            legs[:, 0].min(),
            legs[:, 2].max(),
            legs[:, 3].max(),
        )
        cx, cy = (
            (left + right) / 2 - 0.12 * self.light.direction[0],
            bottom - 0.02,
        )
        rx, ry = (right - left) * 0.62, 0.05
        p = ((np.arange(size) + 0.5) / size).astype("float32")
        q = ((p[None] - cx) / rx) ** 2 + ((p[:, None] - cy) / ry) ** 2
        image *= (1 - 0.5 * np.clip(1.0 - q, 0, 1))[..., None]


def _mode(parts):
    a, b, c, d = (
        parts[0::2, 0::2],
        parts[0::2, 1::2],
        parts[1::2, 0::2],
        parts[1::2, 1::2],
    )
    first = (a == b) | (a == c) | (a == d)
    second = (b == c) | (b == d)
    return np.where(first, a, np.where(second, b, np.where(c == d, c, a)))
