"""From images to explanations."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.attachment import ReceptiveField
from tf_explainer.explainer.answer_rows import (
    PIECES,
    Known,
    asked_indices,
    check_different,
    explanations_of,
)
from tf_explainer.explainer.explanation import Explanation
from tf_explainer.explainer.image_files import pixels_of_files
from tf_explainer.explainer.score_pieces import known_kind
from tf_explainer.features.images import check_images


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
        asked_indices(argument, given, names, count)
        for argument, given in (("target", target), ("against", against))
    ]
    told, pieces = explainer.answers(images, *asked, kind)
    told, pieces = tf.nest.map_structure(np.asarray, (told, pieces))
    check_different(told["target"], asked[1], sources, names)
    known = Known(
        class_names=names,
        parts=[(part.name, part.filters) for part in explainer.parts],
        extent=maps_extent(explainer.receptive_field),
    )
    given = {name: getattr(pieces, name) for name in PIECES}
    rows = {**told, **given, "against": asked[1]}
    return explanations_of(known, images, sources, rows)


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
