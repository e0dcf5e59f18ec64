"""What is lost where a filter fires, on any images."""

from typing import Any

import numpy as np

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.datasets.spread_evenly import spread_evenly
from tf_explainer.evaluation.causal.see import see

WIDEST = 0.25


def occlusion(
    explainer: Any,
    split: PartSplit,
    images: int = 128,
    batch_size: int = 32,
    seed: int = 0,
) -> dict[str, float]:
    """Covers the place where the most important filter fires, or another.

    For each image, the filter that gives most to the score of the category
    that the performer sees. A square around its peak is covered with the
    image's mean color; then an equal square in a random place, in the same
    image. The square is as wide as the receptive field, but no wider than a
    quarter of the image: wider ones cover every part at once.

    Args:
        explainer: A trained `Explainer`.
        split: Where the images are; labels and landmarks are not read.
        images: Most images to take, spread evenly over the split.
        batch_size: Images at a time.
        seed: Seed of the random places.

    Returns:
        `score_peak` and `score_random`, mean loss of the performer's score
        before the softmax; `score_auc`, share of images in which covering the
        peak costs more than covering the random place, a tie counts half;
        `filter_auc`, the same for the strength of the filter itself;
        `images`, how many were asked. Only the count if no filter fires.

    Source:
        Zeiler and Fergus 2014, "Visualizing and understanding convolutional
        networks", for the covered square.
    """
    taken = split.part(spread_evenly(len(split), images))
    pictures = np.stack(list(taken.images.as_numpy_iterator()))
    look = see(explainer, batch_size)
    before = look(pictures)
    top = _top_filters(explainer, pictures, batch_size)
    index = np.arange(len(pictures))
    peaks = before.peaks.positions[index, top]
    used = np.flatnonzero(~np.isnan(peaks[:, 0]))
    if not len(used):
        return {"images": 0}
    field = explainer.receptive_field
    width = np.minimum(np.array(field.size) / field.image, WIDEST)
    places = np.random.default_rng(seed).uniform(
        width / 2, 1 - width / 2, (len(used), 2)
    )
    drops, fades = zip(
        *(
            _losses(look, pictures[used], before, used, top[used], where, width)
            for where in (peaks[used], places)
        ),
        strict=True,
    )
    return {
        "images": len(used),
        "score_peak": float(drops[0].mean()),
        "score_random": float(drops[1].mean()),
        "score_auc": _wins(*drops),
        "filter_auc": _wins(*fades),
    }


def covered(
    images: np.ndarray, centers: np.ndarray, width: np.ndarray
) -> np.ndarray:
    """Returns images with a square in their mean color.

    Args:
        images: uint8 `(images, H, W, 3)`.
        centers: float `(images, 2)`, fractions of the image. A square that
            would leave the image is moved inside.
        width: float `(2,)`, height and width, fractions of the image.

    Returns:
        uint8 images; the given ones are not changed.
    """
    size = np.array(images.shape[1:3])
    side = np.maximum(np.rint(width * size).astype(int), 1)
    start = np.rint(centers * size - side / 2).astype(int)
    start = np.clip(start, 0, size - side)[:, None, None]
    grid = np.moveaxis(np.indices(images.shape[1:3]), 0, -1)
    inside = ((grid >= start) & (grid < start + side)).all(axis=-1)
    color = np.rint(images.mean(axis=(1, 2), keepdims=True))
    return np.where(inside[..., None], color, images).astype(np.uint8)


def _top_filters(explainer: Any, pictures: Any, batch_size: int) -> np.ndarray:
    pieces = [
        explainer.contributions(
            pictures[start : start + batch_size].astype(np.float32)
        ).filters
        for start in range(0, len(pictures), batch_size)
    ]
    return np.concatenate(pieces).argmax(axis=1)


def _losses(
    look: Any,
    pictures: np.ndarray,
    before: Any,
    used: np.ndarray,
    top: np.ndarray,
    centers: np.ndarray,
    width: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Loss of the top category's score, and of the filter's strength."""
    after = look(covered(pictures, centers, width))
    index = np.arange(len(used))
    category = before.logits[used].argmax(axis=1)
    score = before.logits[used, category] - after.logits[index, category]
    strength = (
        before.peaks.strengths[used, top] - after.peaks.strengths[index, top]
    )
    return score, strength


def _wins(one: np.ndarray, other: np.ndarray) -> float:
    return float(((one > other) + 0.5 * (one == other)).mean())
