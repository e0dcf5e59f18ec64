"""What is lost where a filter fires, on any images."""

from typing import Any, NamedTuple

import numpy as np

from tf_explainer.datasets.part_dataset import PartSplit, spread_evenly
from tf_explainer.evaluation.causal.score_changes import (
    Seen,
    means_with_intervals,
    see,
)
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.explainer import Explainer


def exchanged_peaks(
    peaks: FilterPeaks,
    filters: np.ndarray,
    categories: np.ndarray,
    generator: np.random.Generator,
) -> np.ndarray:
    """Returns for each image the peak of its filter in another image.

    The other image is drawn from those of the same category in which the
    filter fires: `exchanged_images` would not look whether it does.

    Args:
        peaks: Peaks of all filters.
        filters: int `(images,)`, the filter asked about in each image.
        categories: int `(images,)`, category of each image.
        generator: Draws the other images.

    Returns:
        float `(images, 2)`, fractions of the image; NaN where there is no
        such image.
    """
    found = np.full((len(filters), 2), np.nan)
    for image, (index, category) in enumerate(
        zip(filters, categories, strict=True)
    ):
        fires = peaks.fires[:, index] & (categories == category)
        fires[image] = False
        if fires.any():
            other = generator.choice(np.flatnonzero(fires))
            found[image] = peaks.positions[other, index]
    return found


WIDEST = 0.25


def occlusion(
    explainer: Explainer,
    split: PartSplit,
    images: int = 128,
    batch_size: int = 32,
    seed: int = 0,
) -> dict[str, Any]:
    """Covers the place where the most important filter fires, or another.

    For each image, the filter that gives most to the score of the category
    that the performer sees. A square around its peak is covered with the
    image's mean color; then an equal square in a random place, in the same
    image; then one where the same filter has its peak in another image of the
    category. A random place is mostly background, so that whatever fires on
    the object wins against it; the exchanged one is where such an object
    mostly is, and only what fires on this object's part wins against it. The
    square is as wide as the receptive field, but no wider than a quarter of
    the image: wider ones cover every part at once.

    Args:
        explainer: A trained `Explainer`.
        split: Where the images are; labels and landmarks are not read.
        images: Most images to take, spread evenly over the split.
        batch_size: Images at a time.
        seed: Seed of the random places, the exchange and the bootstrap.

    Returns:
        `score_peak` and `score_random`, mean loss of the performer's score
        before the softmax; `score_auc`, share of images in which covering the
        peak costs more than covering the random place, a tie counts half;
        `filter_auc`, the same for the strength of the filter itself;
        `images`, how many were asked. `score_exchanged`,
        `score_auc_exchanged`, `filter_auc_exchanged` and `images_exchanged`,
        the same with the exchanged place for the random one, over the images
        for which there is another one of their category that fires the
        filter. Means have a 95 % bootstrap interval over images beside them,
        `<name>_interval`. Only the count if no filter fires.

    Source:
        Zeiler and Fergus 2014, "Visualizing and understanding convolutional
        networks", for the covered square.
    """
    taken = split.part(spread_evenly(len(split), images))
    pictures = np.stack(list(taken.images.as_numpy_iterator()))
    look = see(explainer, batch_size)
    before = look(pictures)
    top = _top_filters(explainer, pictures, batch_size)
    peaks = before.peaks.positions[np.arange(len(pictures)), top]
    used = np.flatnonzero(~np.isnan(peaks[:, 0]))
    if not len(used):
        return {"images": 0}
    field = explainer.receptive_field
    width = np.minimum(np.array(field.size) / field.image, WIDEST)
    generator = np.random.default_rng(seed)
    random = np.full(peaks.shape, np.nan)
    random[used] = generator.uniform(width / 2, 1 - width / 2, (len(used), 2))
    categories = before.logits.argmax(axis=1)
    exchanged = exchanged_peaks(before.peaks, top, categories, generator)
    exchanged[np.isnan(peaks)] = np.nan
    own, away, swapped = (
        _losses(look, pictures, before, top, centers, width)
        for centers in (peaks, random, exchanged)
    )
    return {
        "images": len(used),
        "images_exchanged": int((~np.isnan(exchanged[:, 0])).sum()),
        **means_with_intervals(_by_image(own, away, swapped), seed),
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


def _top_filters(
    explainer: Explainer, pictures: Any, batch_size: int
) -> np.ndarray:
    pieces = [
        explainer.contributions(
            pictures[start : start + batch_size].astype(np.float32),
            kind="gradient",
        ).filters
        for start in range(0, len(pictures), batch_size)
    ]
    return np.concatenate(pieces).argmax(axis=1)


class _Losses(NamedTuple):
    """Of the top category's score and of the filter; NaN where not asked."""

    score: np.ndarray
    strength: np.ndarray


def _losses(
    look: Any,
    pictures: np.ndarray,
    before: Seen,
    top: np.ndarray,
    centers: np.ndarray,
    width: np.ndarray,
) -> _Losses:
    score, strength = np.full((2, len(pictures)), np.nan)
    asked = np.flatnonzero(~np.isnan(centers[:, 0]))
    if len(asked):
        after = look(covered(pictures[asked], centers[asked], width))
        index = np.arange(len(asked))
        category = before.logits[asked].argmax(axis=1)
        score[asked] = (
            before.logits[asked, category] - after.logits[index, category]
        )
        strength[asked] = (
            before.peaks.strengths[asked, top[asked]]
            - after.peaks.strengths[index, top[asked]]
        )
    return _Losses(score, strength)


def _by_image(
    own: _Losses, away: _Losses, swapped: _Losses
) -> dict[str, np.ndarray]:
    values = {
        "score_peak": own.score,
        "score_random": away.score,
        "score_auc": _wins(own.score, away.score),
        "filter_auc": _wins(own.strength, away.strength),
        "score_exchanged": swapped.score,
        "score_auc_exchanged": _wins(own.score, swapped.score),
        "filter_auc_exchanged": _wins(own.strength, swapped.strength),
    }
    return {name: value[~np.isnan(value)] for name, value in values.items()}


def _wins(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    known = ~np.isnan(one - other)
    return np.where(known, (one > other) + 0.5 * (one == other), np.nan)
