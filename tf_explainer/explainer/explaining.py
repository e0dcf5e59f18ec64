"""From images to explanations."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.attachment import ReceptiveField
from tf_explainer.errors import InputError
from tf_explainer.explainer.class_names import class_indices
from tf_explainer.explainer.explanation import (
    ExplainedPart,
    Explanation,
    Trust,
)
from tf_explainer.explainer.image_files import pixels_of_files
from tf_explainer.explainer.score_pieces import known_kind
from tf_explainer.features.images import check_images
from tf_explainer.layers.part_head import LEAST_PRESENCE

# Of many classes those that are told.
TOLD_CLASSES = 5


def explain(
    explainer: Any,
    images: Any,
    target: Any = None,
    against: Any = None,
    kind: str | None = None,
    apply_orientation: bool = False,
) -> Any:
    """Explains one score of one image, or of each of several.

    Without parts, each filter is taken for one.

    Args:
        explainer: A trained `Explainer`.
        images: One image `(H, W, C)` as the performer takes it, or the path
            of a file, which is resized to that; or a batch
            `(images, H, W, C)`, or a list of paths.
        target: Name or index of the class whose score is explained, one for
            all images or one for each; by default what the performer decides.
        against: Name or index of a class whose score is taken off: why
            `target`, and not this one?
        kind: See `Explainer.contributions`.
        apply_orientation: Whether a file is turned as its EXIF orientation
            says.

    Returns:
        An `Explanation`; of a batch or a list of paths, a list of them.

    Raises:
        InputError: If an image does not fit the performer, a file cannot be
            read, or a class is none of the performer's.

    Source:
        Ours, after Figure 5 of Zhang et al. 2018.
    """
    kind = known_kind(kind, explainer.encoder.parts)
    shape = explainer.examples.shape
    paths = _paths(images)
    if paths:
        pixels = pixels_of_files(paths, shape, apply_orientation)
        sources = [os.fspath(path) for path in paths]
    else:
        pixels = np.asarray(images)
        pixels = pixels[None] if pixels.ndim == 3 else pixels
        sources = [f"image {index}" for index in range(len(pixels))]
    check_images(pixels, shape)
    found = _explained(explainer, pixels, sources, target, against, kind)
    alone = isinstance(images, str | os.PathLike) or np.ndim(images) == 3
    return found[0] if alone else found


def _paths(images: Any) -> list[Path]:
    given = images if isinstance(images, list | tuple) else [images]
    if given and all(isinstance(one, str | os.PathLike) for one in given):
        return [Path(one) for one in given]
    return []


def _explained(
    explainer: Any,
    images: np.ndarray,
    sources: Sequence[str],
    target: Any,
    against: Any,
    kind: str,
) -> list[Explanation]:
    names, count = explainer.class_names, len(images)
    asked = [
        np.full(count, -1)
        if given is None
        else class_indices(argument, given, names, count)
        for argument, given in (("target", target), ("against", against))
    ]
    told, pieces = explainer.answers(images, *asked, kind)
    told, pieces = tf.nest.map_structure(np.asarray, (told, pieces))
    _check_different(told["target"], asked[1], sources, names)
    return [
        _explanation(explainer, images[i], source, _row(i, told, pieces, asked))
        for i, source in enumerate(sources)
    ]


def _row(
    index: int, told: dict[str, Any], pieces: Any, asked: Sequence[Any]
) -> dict[str, Any]:
    """What was told of one image."""
    rows = {name: values[index] for name, values in told.items()}
    for name in ("parts", "ordinary", "rest", "score"):
        rows[f"given_{name}"] = getattr(pieces, name)[index]
    return {**rows, "against": asked[1][index]}


def _explanation(
    explainer: Any, image: np.ndarray, source: str, row: dict[str, Any]
) -> Explanation:
    names, against = explainer.class_names, int(row["against"])
    target = int(row["target"])
    given, ordinary = row["given_parts"], float(row["given_ordinary"])
    own, score = float(row["performer_score"]), float(row["given_score"])
    told = max(float(np.abs(given).sum()) + abs(ordinary), 1e-12)
    parts = _parts(explainer, row, told)
    scores, performer = row["scores"], row["performer_scores"]
    shown = {target, against} - {-1}
    return Explanation(
        image=image,
        source=source,
        target=names[target],
        against=None if against < 0 else names[against],
        score=score,
        parts=parts,
        ordinary=ordinary,
        rest=float(row["given_rest"]),
        probabilities=_by_class(scores, names, shown),
        performer_probabilities=_by_class(performer, names, shown),
        trust=Trust(
            agrees=bool(scores.argmax() == performer.argmax()),
            performer_score=own,
            gap=abs(score - own),
            part_share=1 - abs(ordinary) / told,
            together=abs(float(row["given_rest"])) / told,
            typical=None if row["trust"] < 0 else float(row["trust"]),
        ),
        extent=maps_extent(explainer.receptive_field),
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
    explainer: Any, row: dict[str, Any], told: float
) -> tuple[ExplainedPart, ...]:
    given = row["given_parts"]
    if explainer.encoder.parts:
        fields, places = row["part_maps"], row["part_places"]
        presence = row["part_presence"]
        there = presence >= LEAST_PRESENCE
        known = [(part.name, part.filters) for part in explainer.parts]
    else:
        maps, places = row["maps"], row["peaks"]
        strongest = maps.max(axis=(0, 1))
        fields = maps / np.maximum(strongest, 1e-12)
        presence = row["peak_strengths"]
        there = presence > 0
        known = [(f"filter {i}", (i,)) for i in range(len(given))]
    order = np.argsort(-np.abs(given), kind="stable")
    return tuple(
        ExplainedPart(
            name=known[index][0],
            index=index,
            contribution=float(given[index]),
            share=float(given[index]) / told,
            place=_place(places[index]) if there[index] else None,
            presence=float(presence[index]),
            field=np.clip(fields[..., index], 0, 1),
            filters=known[index][1],
        )
        for index in order.tolist()
    )


def _place(place: np.ndarray) -> tuple[float, float]:
    return float(place[0]), float(place[1])


def maps_extent(field: ReceptiveField) -> tuple[float, float, float, float]:
    """Returns left, right, bottom and top of maps in the image, pixels.

    Args:
        field: Where their units lie in the image.
    """
    centers = np.asarray(field.centers)
    height, width = field.image
    top, bottom = _ends(centers[:, 0, 0] * height, height)
    left, right = _ends(centers[0, :, 1] * width, width)
    return left, right, bottom, top


def _ends(centers: np.ndarray, pixels: int) -> tuple[float, float]:
    if len(centers) < 2:
        return 0.0, float(pixels)
    half = (centers[-1] - centers[0]) / (len(centers) - 1) / 2
    return float(centers[0] - half), float(centers[-1] + half)


def _check_different(
    target: np.ndarray,
    against: np.ndarray,
    sources: Sequence[str],
    names: Sequence[str],
) -> None:
    same = np.flatnonzero(target == against)
    if len(same):
        raise InputError(
            "`against` must be another class than `target`, received "
            f"{names[against[same[0]]]} for both of {sources[same[0]]}."
        )
