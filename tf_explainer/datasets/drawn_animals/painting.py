"""One animal, drawn, with its truth."""

import dataclasses
from collections.abc import Collection, Sequence

import numpy as np

from tf_explainer.datasets.drawn_animals.animal_painter import paint_animal
from tf_explainer.datasets.drawn_animals.categories import (
    CATEGORIES,
    PART_NAMES,
)
from tf_explainer.datasets.drawn_animals.scene import Scene
from tf_explainer.datasets.drawn_animals.window import places
from tf_explainer.errors import InputError, closest


@dataclasses.dataclass(frozen=True, eq=False)
class Drawing:
    """An image of an animal, and where its parts are.

    Attributes:
        image: Uint8 RGB `(size, size, 3)`.
        part_map: Uint8 `(size, size)`: the part seen in each pixel, as
            1 + index into `PART_NAMES`; 0 where there is none.
        landmarks: Float32 `(parts, 2)`, the center of each part's visible
            area, as if nothing stood in front of the animal: (row, column)
            in fractions of the image. NaN where the animal has no such part,
            where it was left out, where it is outside the image or hidden by
            the animal itself, and where what stands in front leaves less
            than a quarter of it free.
        category: Name of the animal.
        parts: Names of the parts that this animal has and that were drawn,
            seen or not.
        seed: The number that the drawing was made from.
    """

    image: np.ndarray
    part_map: np.ndarray
    landmarks: np.ndarray
    category: str
    parts: tuple[str, ...]
    seed: int


SMALLEST = 16
_SHADOW = 0.5
# A part counts as hidden if less than this share of it stays free of what is
# in front, or if it fills less than this share of the image.
_LEAST_FREE = 0.25
_LEAST_AREA = 0.0002


def draw_animal(
    seed: int,
    category: str | None = None,
    size: int = 96,
    without: Collection[str] = (),
) -> Drawing:
    """Draws an animal made of parts.

    Scene, pose, light and colors depend on the seed alone: another category
    stands in the same place and the same light, another size shows the same
    scene, and a part left out changes no pixel but those it was seen in,
    which then show what is behind it. Its shadow stays.

    Args:
        seed: Number of the drawing, >= 0; equal numbers draw equal pixels.
        category: Name of the animal, one of `CATEGORIES`; by default the
            categories follow each other with the seed.
        size: Height and width of the image in pixels, >= 16.
        without: Names of parts that are left out, from `PART_NAMES`. A part
            that the animal does not have may be named.

    Examples:
        >>> drawing = draw_animal(seed=7, category="cat", size=64)
        >>> drawing.image.shape, drawing.landmarks.shape
        ((64, 64, 3), (15, 2))
        >>> bare = draw_animal(7, "cat", 64, without=["tail"])
        >>> bool((bare.image == drawing.image).all())
        False

    Returns:
        The image with the truth about its parts.

    Raises:
        InputError: If an argument is out of range or a name is unknown.
    """
    if seed < 0:
        raise InputError(f"`seed` must be >= 0, received {seed}.")
    if size < SMALLEST:
        raise InputError(f"`size` must be >= {SMALLEST}, received {size}.")
    if category is None:
        category = CATEGORIES[seed % len(CATEGORIES)]
    _check_name("category", category, CATEGORIES)
    left_out = (without,) if isinstance(without, str) else tuple(without)
    for part in left_out:
        _check_name("without", part, PART_NAMES)
    return _paint(Scene.draw(seed, category), seed, category, size, left_out)


def _check_name(argument: str, name: str, known: Sequence[str]) -> None:
    if name in known:
        return
    close = closest(name, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise InputError(
        f"`{argument}` must be one of {list(known)}, received {name!r}.{hint}"
    )


def _paint(
    scene: Scene,
    seed: int,
    category: str,
    size: int,
    without: tuple[str, ...],
) -> Drawing:
    image = scene.backdrop.paint(size, scene.light)
    _shade_ground(image, scene, size)
    animal = paint_animal(scene, size, without)
    behind = image[animal.window]
    behind *= 1.0 - animal.alpha
    behind += animal.color
    part_map = np.zeros((size, size), "uint8")
    part_map[animal.window] = animal.parts
    whole = part_map.copy()
    for thing in scene.occluders:
        for patch in thing.patches(size, scene.light):
            patch.onto(image)
            part_map[patch.window][patch.alpha >= 0.5] = 0
    image *= np.array(scene.light.color, "float32") * 255.0
    np.clip(image, 0.0, 255.0, out=image)
    drawn = {solid.part for solid in scene.animal.solids} - set(without)
    return Drawing(
        image=np.rint(image).astype("uint8"),
        part_map=part_map,
        landmarks=_landmarks(whole, part_map),
        category=category,
        parts=tuple(part for part in PART_NAMES if part in drawn),
        seed=seed,
    )


def _shade_ground(image: np.ndarray, scene: Scene, size: int) -> None:
    left, _, right, bottom = scene.feet
    width = 0.62 * (right - left)
    middle = 0.5 * (left + right) - 0.1 * scene.light.direction[0]
    place = places(size)
    across = (place - middle) / width
    down = (place - (bottom - 0.02)) / (0.18 * width)
    square = (across * across)[None] + (down * down)[:, None]
    shadow = np.clip(1.2 - square, 0.0, 1.0)
    image *= (1.0 - _SHADOW * shadow)[..., None]


def _landmarks(whole: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Returns the centers `(parts, 2)` of what is seen without occluders."""
    size, bins = len(whole), len(PART_NAMES) + 1
    labels = whole.ravel()
    area = np.bincount(labels, minlength=bins)
    place = places(size).astype("float64")
    rows = np.bincount(labels, np.repeat(place, size), bins)
    columns = np.bincount(labels, np.tile(place, size), bins)
    left = np.bincount(free.ravel(), minlength=bins)
    centers = np.stack([rows, columns], axis=1) / np.maximum(area, 1)[:, None]
    hidden = (left < _LEAST_FREE * area) | (area < _LEAST_AREA * size * size)
    centers[hidden | (area == 0)] = np.nan
    return centers[1:].astype("float32")
