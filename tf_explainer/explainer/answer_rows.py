"""From the numbers of answers to explanations.

The numbers come from an explainer or from its SavedModel, one row an image.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.explainer.class_names import class_indices
from tf_explainer.explainer.explanation import (
    ExplainedPart,
    Explanation,
    Trust,
)
from tf_explainer.layers.part_head import LEAST_PRESENCE

# Of a score, see `Contributions`.
PIECES = ("parts", "ordinary", "rest", "score")
# Of many classes those that are told.
TOLD_CLASSES = 5


class Known(NamedTuple):
    """What is known of an explainer, whatever the image.

    Attributes:
        class_names: In the order of the scores.
        parts: Name and filters of each part; empty where each filter is taken
            for one.
        extent: See `Explanation`.
    """

    class_names: Sequence[str]
    parts: Sequence[tuple[str, tuple[int, ...]]]
    extent: tuple[float, float, float, float]


def asked_indices(
    argument: str, given: Any, names: Sequence[str], count: int
) -> np.ndarray:
    """Returns the index of a class for each image, -1 where none is given.

    Args:
        argument: `target` or `against`, for messages.
        given: See `explain`.
        names: Of the classes, in the order of the scores.
        count: How many images there are.

    Raises:
        InputError: If there is no such class.
    """
    if given is None:
        return np.full(count, -1)
    return class_indices(argument, given, names, count)


def explanations_of(
    known: Known,
    images: np.ndarray | Sequence[np.ndarray],
    sources: Sequence[str],
    told: Mapping[str, np.ndarray],
) -> list[Explanation]:
    """Returns what a batch of answers says, image by image.

    Args:
        known: Of the explainer.
        images: As the performer takes them.
        sources: What each of them is called.
        told: What `Answers` tell, with `PIECES` and `against` beside it, one
            row an image. Where it has no maps, the parts have no fields.
    """
    return [
        _explanation(
            known, image, source, {key: rows[i] for key, rows in told.items()}
        )
        for i, (image, source) in enumerate(zip(images, sources, strict=True))
    ]


def _explanation(
    known: Known, image: np.ndarray, source: str, row: Mapping[str, Any]
) -> Explanation:
    names, against = known.class_names, int(row["against"])
    target = int(row["target"])
    given, ordinary = row["parts"], float(row["ordinary"])
    own, score = float(row["performer_score"]), float(row["score"])
    told = max(float(np.abs(given).sum()) + abs(ordinary), 1e-12)
    scores, performer = row["scores"], row["performer_scores"]
    shown = {target, against} - {-1}
    return Explanation(
        image=image,
        source=source,
        target=names[target],
        against=None if against < 0 else names[against],
        score=score,
        parts=_parts(known, row, told),
        ordinary=ordinary,
        rest=float(row["rest"]),
        probabilities=_by_class(scores, names, shown),
        performer_probabilities=_by_class(performer, names, shown),
        trust=Trust(
            agrees=bool(scores.argmax() == performer.argmax()),
            performer_score=own,
            gap=abs(score - own),
            part_share=1 - abs(ordinary) / told,
            together=abs(float(row["rest"])) / told,
            typical=None if row["trust"] < 0 else float(row["trust"]),
        ),
        extent=known.extent,
    )


def _by_class(
    scores: np.ndarray, names: Sequence[str], shown: set[int]
) -> dict[str, float]:
    """The highest, and those that were asked about."""
    order = np.argsort(-scores, kind="stable")
    told = [
        index
        for rank, index in enumerate(order.tolist())
        if rank < TOLD_CLASSES or index in shown
    ]
    return {names[index]: float(scores[index]) for index in told}


def _parts(
    known: Known, row: Mapping[str, Any], told: float
) -> tuple[ExplainedPart, ...]:
    given = row["parts"]
    if known.parts:
        places, presence = row["part_places"], row["part_presence"]
        there = presence >= LEAST_PRESENCE
        parts = known.parts
    else:
        places, presence = row["peaks"], row["peak_strengths"]
        there = presence > 0
        parts = [(f"filter {i}", (i,)) for i in range(len(given))]
    fields = _fields(row, len(given))
    order = np.argsort(-np.abs(given), kind="stable")
    return tuple(
        ExplainedPart(
            name=parts[index][0],
            index=index,
            contribution=float(given[index]),
            share=float(given[index]) / told,
            place=_place(places[index]) if there[index] else None,
            presence=float(presence[index]),
            field=np.clip(fields[..., index], 0, 1),
            filters=parts[index][1],
        )
        for index in order.tolist()
    )


def _fields(row: Mapping[str, Any], parts: int) -> np.ndarray:
    if "part_maps" in row:
        return row["part_maps"]
    maps = row.get("maps", np.zeros((0, 0, parts), np.float32))
    return maps / np.maximum(maps.max(axis=(0, 1), initial=0), 1e-12)


def _place(place: np.ndarray) -> tuple[float, float]:
    return float(place[0]), float(place[1])


def check_different(
    target: np.ndarray,
    against: np.ndarray,
    sources: Sequence[str],
    names: Sequence[str],
) -> None:
    """Refuses a class that is asked about against itself.

    Args:
        target: Index of the class that was taken for each image.
        against: Index of the class that is taken off, -1 for none.
        sources: What the images are called.
        names: Of the classes.

    Raises:
        InputError: If both are the same.
    """
    same = np.flatnonzero(target == against)
    if len(same):
        raise InputError(
            "`against` must be another class than `target`, received "
            f"{names[against[same[0]]]} for both of {sources[same[0]]}."
        )
