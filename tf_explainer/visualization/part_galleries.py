"""Where each part is, in images of all categories."""

import dataclasses

import numpy as np
from matplotlib.figure import Figure

from tf_explainer.errors import InputError
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.part_measures.matching import MatchedParts
from tf_explainer.evaluation.part_measures.observed import (
    EXPLAINER,
    ObservedParts,
)
from tf_explainer.visualization.galleries import ReadImages, strips_of_tiles
from tf_explainer.visualization.tiles import peak_tile

# Of a ring, in images: a part has no receptive field of its own.
RING = (0.22, 0.22)


@dataclasses.dataclass(frozen=True)
class PartRow:
    """One part of a gallery.

    Args:
        part: Its index.
        name: Name of the landmark that it is matched to; empty if there is
            none.
        skill: Its skill for that landmark on `test`; `None` if there is none.
        share: Share of the test images in which it is present.
        images: Indices of the test images in which it is surest, the
            categories by turns; never one in which it is absent.
    """

    part: int
    name: str
    skill: float | None
    share: float
    images: tuple[int, ...]

    @property
    def title(self) -> str:
        """The part in a few words."""
        told = f"part {self.part + 1}"
        if self.skill is not None:
            told += f": {self.name}, skill {self.skill:.2f}"
        return f"{told} (in {self.share:.0%} of the images)"


def part_rows(
    observation: Observation, parts: int = 12, images: int = 7
) -> list[PartRow]:
    """Chooses images for each part, in the order of what the parts give.

    Args:
        observation: What the explainer showed.
        parts: At most so many rows.
        images: At most so many images a row.

    Returns:
        Rows in the order to show, of parts that are present in some image;
        none if the explainer has no parts.
    """
    test = observation.splits["test"]
    seen = test.parts.get(EXPLAINER)
    if seen is None:
        return []
    names, skills = _names(observation)
    rows = []
    for part in np.flatnonzero(seen.present.any(axis=0))[:parts]:
        named = names[part] >= 0
        rows.append(
            PartRow(
                int(part),
                observation.landmark_names[names[part]] if named else "",
                float(skills[part]) if named else None,
                float(seen.present[:, part].mean()),
                _by_turns(seen, test.labels, part)[:images],
            )
        )
    return rows


def _names(observation: Observation) -> tuple[np.ndarray, np.ndarray]:
    """Landmark of each part, -1 for none, and skill for it."""
    splits = [observation.splits[name] for name in ("train", "test")]
    if not observation.landmark_names:
        parts = splits[1].parts[EXPLAINER].parts
        return np.full(parts, -1), np.full(parts, np.nan)
    matched = MatchedParts.of(*(one.located_parts(EXPLAINER) for one in splits))
    return matched.named, matched.skill.test


def _by_turns(
    seen: ObservedParts, labels: np.ndarray, part: int
) -> tuple[int, ...]:
    """Surest first, one of each category, then the seconds."""
    order = np.argsort(-seen.presence[:, part], kind="stable")
    turns: list[tuple[int, int, int]] = []
    count: dict[int, int] = {}
    for rank, image in enumerate(order[seen.present[order, part]]):
        label = int(labels[image])
        turn = count[label] = count.get(label, -1) + 1
        turns.append((turn, rank, int(image)))
    return tuple(image for _, _, image in sorted(turns))


def part_gallery(
    observation: Observation,
    images: ReadImages,
    parts: int = 12,
    columns: int = 7,
) -> Figure:
    """Draws one row a part, see `part_rows`, a ring where the part is.

    Args:
        observation: What the explainer showed.
        images: Function of indices of test images to uint8 images
            `(height, width, 3)` by index.
        parts: At most so many rows.
        columns: At most so many images a row.

    Returns:
        The figure.

    Raises:
        InputError: If the explainer has no parts, or none is present.
    """
    rows = part_rows(observation, parts, columns)
    if not rows:
        raise InputError(
            "`observation` must be of an explainer with parts, received one "
            "in which no part is present."
        )
    read = images({index for row in rows for index in row.images})
    places = observation.splits["test"].parts[EXPLAINER].places
    figure = strips_of_tiles(
        {
            row.title: [
                peak_tile(read[index], places[index, row.part], RING)
                for index in row.images
            ]
            for row in rows
        },
        columns,
    )
    names = ", ".join(row.title for row in rows)
    figure.set_label(f"Where {len(rows)} parts are: {names}.")
    return figure
