"""Drawn animals, and the same with one part changed."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from tf_explainer.datasets import Drawing, draw_animal
from tf_explainer.datasets.drawn_animals import CATEGORIES, PART_NAMES
from tf_explainer.errors import InputError
from tf_explainer.evaluation.sampling import image_draws

# Far from the numbers that the builder draws its splits from.
_FIRST_SEED = 900_000_000
_SEEDS_EACH = 100_000
# A part that is smaller hardly shows whether it is there.
LEAST_SHARE = 0.03


@dataclasses.dataclass(frozen=True, eq=False)
class DrawnCases:
    """Animals, and one case for each visible part of each of them.

    A part that fills less than 3 % of the animal's visible area is no case.

    Args:
        images: uint8 `(images, size, size, 3)`.
        part_maps: uint8 `(images, size, size)`, see `Drawing`.
        labels: int `(images,)`, index into the categories given.
        image: int `(cases,)`, index of the image that was changed.
        part: int `(cases,)`, index into `PART_NAMES` of the part changed.
        removed: uint8 `(cases, size, size, 3)`, without the part.
        moved: The same with the part in another place.
        shift: float `(cases, 2)`, from the old to the new place, (rows,
            columns) as fractions of the image.
        pasted: The same with the part of another animal in its place; equal
            to `removed` where that animal shows no such part.
        pasted_maps: uint8 `(cases, size, size)`, the parts seen in `pasted`.
        has_paste: bool `(cases,)`, whether there was something to paste.
    """

    images: np.ndarray
    part_maps: np.ndarray
    labels: np.ndarray
    image: np.ndarray
    part: np.ndarray
    removed: np.ndarray
    moved: np.ndarray
    shift: np.ndarray
    pasted: np.ndarray
    pasted_maps: np.ndarray
    has_paste: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """float64 `(cases,)`: part's share of the animal's visible area."""
        seen = self.part_maps[self.image]
        own = (seen == self.part[:, None, None] + 1).sum(axis=(1, 2))
        return own / np.maximum((seen > 0).sum(axis=(1, 2)), 1)

    @classmethod
    def draw(
        cls,
        categories: Sequence[str],
        count: int = 60,
        size: int = 96,
        seed: int = 0,
    ) -> "DrawnCases":
        """Draws animals that no split of the data set holds.

        Args:
            categories: Category names in label order; those that are no
                animal (`background`) get no image.
            count: Number of animals, the categories in turn.
            size: Height and width of the images, in pixels.
            seed: Seed of drawings, shifts and exchanges.

        Returns:
            The animals and their cases.

        Raises:
            InputError: If no category can be drawn.
        """
        drawings, labels = drawn_animals(categories, count, size, seed)
        generator = np.random.default_rng(seed)
        cases = []
        for index, drawing in enumerate(drawings):
            others = [one for one in CATEGORIES if one != drawing.category]
            donor = draw_animal(
                drawing.seed, str(generator.choice(others)), size
            )
            cases += [
                _case(index, drawing, donor, part, generator)
                for part in large_parts(drawing.part_map)
                if not np.isnan(drawing.landmarks[part]).any()
            ]
        return cls(
            images=np.stack([drawing.image for drawing in drawings]),
            part_maps=np.stack([drawing.part_map for drawing in drawings]),
            labels=labels,
            **{
                key: np.stack([case[key] for case in cases]) for key in cases[0]
            },
        )


def drawn_animals(
    categories: Sequence[str], count: int = 60, size: int = 96, seed: int = 0
) -> tuple[list[Drawing], np.ndarray]:
    """Draws animals that no split of the data set holds.

    Args:
        categories: Category names in label order; those that are no animal
            (`background`) get no image.
        count: Number of animals, the categories in turn.
        size: Height and width of the images, in pixels.
        seed: Seed of the drawings.

    Returns:
        The drawings, and their labels, int `(count,)`.

    Raises:
        InputError: If no category can be drawn.
    """
    labels = [i for i, name in enumerate(categories) if name in CATEGORIES]
    if not labels:
        raise InputError(
            f"`categories` must name drawn animals, received {categories}."
        )
    first = _FIRST_SEED + seed * _SEEDS_EACH
    chosen = np.resize(labels, count)
    drawings = [
        draw_animal(first + index, categories[label], size)
        for index, label in enumerate(chosen)
    ]
    return drawings, chosen


def large_parts(part_map: np.ndarray) -> np.ndarray:
    """Returns the parts that fill at least 3 % of the animal's visible area.

    Args:
        part_map: uint8 `(size, size)`, see `Drawing`.

    Returns:
        int `(parts,)`, indices into `PART_NAMES`.
    """
    areas = np.bincount(part_map.ravel(), minlength=len(PART_NAMES) + 1)[1:]
    return np.flatnonzero(areas >= max(LEAST_SHARE * areas.sum(), 1))


def _case(
    index: int,
    drawing: Drawing,
    donor: Drawing,
    part: int,
    generator: np.random.Generator,
) -> dict[str, np.ndarray]:
    size = len(drawing.image)
    bare = draw_animal(
        drawing.seed, drawing.category, size, without=PART_NAMES[part]
    )
    changed = (drawing.image != bare.image).any(axis=-1)
    place = drawing.landmarks[part]
    shift = np.rint(size * _shift(place, generator)).astype(int)
    moved, pasted = bare.image.copy(), bare.image.copy()
    _paste(moved, drawing.image, changed, shift)
    theirs = donor.part_map == part + 1
    has_paste = bool(theirs.any()) and not np.isnan(donor.landmarks[part]).any()
    pasted_map = bare.part_map.copy()
    if has_paste:
        way = np.rint(size * (place - donor.landmarks[part])).astype(int)
        _paste(pasted, donor.image, theirs, way)
        _paste(pasted_map, donor.part_map, theirs, way)
    return {
        "image": np.array(index),
        "part": np.array(part),
        "removed": bare.image,
        "moved": moved,
        "shift": shift / size,
        "pasted": pasted,
        "pasted_maps": pasted_map,
        "has_paste": np.array(has_paste),
    }


def _shift(place: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """A way of a tenth to a quarter of the image, inwards near its border."""
    length, angle = generator.uniform([0.1, 0], [0.25, 2 * np.pi])
    way = length * np.array([np.sin(angle), np.cos(angle)])
    leaves = (place + way < 0.1) | (place + way > 0.9)
    return np.where(leaves, np.copysign(way, 0.5 - place), way)


def _paste(
    target: np.ndarray, source: np.ndarray, mask: np.ndarray, way: np.ndarray
) -> None:
    rows, columns = np.nonzero(mask)
    new_rows, new_columns = rows + way[0], columns + way[1]
    size = len(target)
    inside = (new_rows >= 0) & (new_rows < size)
    inside &= (new_columns >= 0) & (new_columns < size)
    target[new_rows[inside], new_columns[inside]] = source[
        rows[inside], columns[inside]
    ]


RESAMPLES = 1000


def animal_draws(images: int, seed: int = 0) -> np.ndarray:
    """Returns how often each animal counts, as it is and drawn again.

    The parts of one animal were changed in one image, and all filters saw the
    same ones, so that animals are drawn, not cases or filters.

    Args:
        images: Number of animals.
        seed: Seed of the draws.

    Returns:
        float64 `(1001, images)`: once each in the first row; in the others a
        bootstrap resample each.
    """
    draws = image_draws(images, RESAMPLES, seed)
    return np.concatenate([np.ones((1, images)), draws])
