"""Whether an explanation can be relied on, without landmarks."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import spread_evenly
from tf_explainer.evaluation.causal import removal_fidelity
from tf_explainer.evaluation.causal.compared import CONTROLS
from tf_explainer.evaluation.causal.score_changes import see
from tf_explainer.evaluation.deciding import (
    part_contributions,
    pieces_of_scores,
    share_through_filters,
)
from tf_explainer.evaluation.label_free import filter_equivariance
from tf_explainer.evaluation.moved_images import Views
from tf_explainer.evaluation.observation import top_category
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.evaluation.sampling import (
    known_numbers,
    mean_of_known,
)
from tf_explainer.evaluation.sources import pictures_of
from tf_explainer.evaluation.verdict import judged
from tf_explainer.explainer import Explainer

IMAGES = 256
MOVED = 64
ERASED = 24
FILLS = ("ring", "blur")
CLAIMS = ("removal", "area")
# A part that is in fewer of the moved images has no number.
LEAST_SEEN = 0.05


def trust(
    explainer: Explainer,
    images: Any,
    known: Mapping[str, Any] | None = None,
    batch_size: int = 32,
    seed: int = 0,
) -> dict[str, Any]:
    """Says how far an explanation can be relied on, and why.

    Quick, and without landmarks or categories: whether CNN and explainer
    decide alike; how much of the score the parts carry; whether they go along
    with moved images; and on a small sample whether what they are said to
    give goes along with what erasing them costs the CNN.

    Args:
        explainer: A trained `Explainer`.
        images: Images that were not learned from, `(images, H, W, 3)` as the
            performer takes them, or a `PartSplit`, whose labels and landmarks
            are not read.
        known: What is measured already and is not measured again: contents
            of a `result.json` on the same images, of which `explainer`,
            `delta_error`, `images`, `contributions` and `removal_fidelity`
            are read.
        batch_size: Images at a time.
        seed: Seed of views, exchanged images and bootstrap.

    Returns:
        JSON values. `verdict` and `reasons`, see `verdict`; `images`, how
        many were looked at; `agreement`; `delta_error`, if it is known;
        `share` of the class score that is lost without the parts, or passes
        through the filters of an explainer without parts; and with parts
        `equivariance` of their places and `fidelity`, the rank correlation
        of `removal_fidelity`, with its controls. Intervals are beside them.
        What cannot be measured is left out.

    Raises:
        InputError: If the images do not fit the performer.
    """
    parts = bool(explainer.encoder.parts)
    pictures = pictures_of(explainer, images, MOVED if known else IMAGES)
    if known is None:
        known = _decided(explainer, pictures, batch_size)
    numbers = _read(known)
    if contributed := known.get("contributions"):
        numbers["share"] = float(
            contributed["removal"]
            if parts
            else share_through_filters(contributed)
        )
    if parts:
        moved = pictures[spread_evenly(len(pictures), MOVED)]
        found = place_equivariance(explainer, moved, batch_size, seed)
        numbers |= known_numbers({"equivariance": float(mean_of_known(found))})
        fidelity = known.get("removal_fidelity") or removal_fidelity(
            explainer, pictures, ERASED, FILLS, batch_size, seed, CLAIMS
        )
        numbers |= _fidelity(fidelity)
    return {**judged(numbers, parts), **numbers}


def _read(known: Mapping[str, Any]) -> dict[str, Any]:
    names = ("delta_error", "delta_error_interval")
    return {
        "images": known["images"]["test"],
        "agreement": known["explainer"]["agreement"],
        **{name: known[name] for name in names if name in known},
    }


def _decided(
    explainer: Explainer, pictures: np.ndarray, batch_size: int
) -> dict[str, Any]:
    """What a `result.json` would say of these images."""
    seen = see(explainer, batch_size)(pictures)
    decided = top_category(seen.logits)
    same = decided == top_category(seen.rebuilt)
    batches = (
        pictures[start : start + batch_size].astype(np.float32)
        for start in range(0, len(pictures), batch_size)
    )
    nothing = np.full(explainer.filters, -1)
    return {
        "images": {"test": len(same)},
        "explainer": {"agreement": float(same.mean())},
        "contributions": part_contributions(
            pieces_of_scores(explainer, batches),
            explainer.settings.negative_category,
            nothing,
            (),
        ),
    }


def place_equivariance(
    explainer: Explainer,
    images: np.ndarray,
    batch_size: int = 32,
    seed: int = 0,
) -> np.ndarray:
    """Shows an explainer the same images shifted, scaled and mirrored.

    Args:
        explainer: An `Explainer` with parts.
        images: `(images, H, W, 3)`, each shown in one view.
        batch_size: Images at a time.
        seed: Seed of the views.

    Returns:
        float64 `(parts,)`, see `filter_equivariance`, of the places of
        parts, each cut off at -1; NaN of those that are in fewer than 5 % of
        the images.
    """
    views = Views.draw(len(images), seed, flip=True)
    before, after = (
        _places(explainer, shown, batch_size)
        for shown in (images, views.of_array(images))
    )
    seen = before.fires.mean(axis=0) >= LEAST_SEEN
    # One part that jumps about must not hide what all the others do.
    found = np.maximum(filter_equivariance(before, after, views), -1)
    return np.where(seen, found, np.nan)


def _places(
    explainer: Explainer, images: np.ndarray, batch_size: int
) -> FilterPeaks:
    told = []
    for start in range(0, len(images), batch_size):
        pixels = tf.constant(images[start : start + batch_size], tf.float32)
        out = explainer(pixels)
        told.append((out["part_places"], out["part_presence"]))
    places, presence = (
        np.concatenate(several) for several in zip(*told, strict=True)
    )
    return FilterPeaks.of_parts(places, presence)


def _fidelity(found: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers of `removal_fidelity` that the verdict is made of."""
    if "removal" not in found.get("mean", {}):
        return {}
    mean, above = found["mean"], found.get("above", {})
    named = {
        "fidelity": mean["removal"],
        "fidelity_interval": mean.get("removal_interval"),
        "fidelity_images": found["images"],
        "fidelity_fills": list(found["fills"]),
        **{f"fidelity_{name}": mean.get(name) for name in CONTROLS},
        **{f"fidelity_above_{name}": value for name, value in above.items()},
    }
    return {name: value for name, value in named.items() if value is not None}
