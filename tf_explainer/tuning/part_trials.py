"""What a trial with parts is judged by."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.evaluation.causal import removal_fidelity
from tf_explainer.evaluation.label_free import APART, LandmarkFreeProxy
from tf_explainer.evaluation.part_measures.matching import MatchedParts
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.evaluation.sources import see_parts
from tf_explainer.explainer import Explainer
from tf_explainer.features.batches import without_views

# Enough to tell settings apart, and few enough for a trial.
FIDELITY_IMAGES = 48
FIDELITY_FILL = "blur"

OF_PARTS = {
    "limited_fidelity": "max",
    "fidelity": "max",
    "apart": "max",
    "follows": "max",
    "removal": "max",
}
"""Measures of trials with parts, and what is better."""
AT_LANDMARKS = {"limited_one_to_one": "max", "one_to_one": "max"}
"""The same where there are landmarks."""


def part_numbers(
    explainer: Explainer,
    dataset: PartDataset,
    features: dict[str, tf.data.Dataset],
    batch_size: int,
    landmarks: bool,
    moved: LandmarkFreeProxy,
) -> dict[str, float]:
    """Returns the measures of parts on a validation part.

    Args:
        explainer: A trained explainer with parts.
        dataset: From `hold_out`: learned from is `train`, judged by `test`.
        features: The performer's, of both.
        batch_size: Images at a time.
        landmarks: Whether there are landmarks.
        moved: Knows images and moved views of them.

    Returns:
        `fidelity`, see `removal_fidelity`, of one fill and a few images, 0
        where no image counts; `apart`, see `parts_apart`; `follows`, see
        `LandmarkFreeProxy.parts_follow`; `removal`, the share of the class
        score that is lost without all parts; and with landmarks `one_to_one`,
        see `MatchedParts`.
    """
    rank = removal_fidelity(
        explainer,
        dataset.splits["test"],
        FIDELITY_IMAGES,
        fills=(FIDELITY_FILL,),
        claims=("removal",),
        batch_size=batch_size,
    )
    peaks = {
        name: see_parts(explainer, features[name], batch_size)
        for name in (("train", "test") if landmarks else ("test",))
    }
    found = {
        "fidelity": float(rank.get("mean", {}).get("removal", 0.0)),
        "apart": parts_apart(peaks["test"]),
        "follows": moved.parts_follow(explainer),
        "removal": _lost_without(explainer, features["test"], batch_size),
    }
    if landmarks:
        train, test = (
            _located(peaks[name], dataset.splits[name])
            for name in ("train", "test")
        )
        value = MatchedParts.of(train, test).value
        found["one_to_one"] = float(np.nan_to_num(value))
    return found


def _lost_without(
    explainer: Explainer, features: Any, batch_size: int
) -> float:
    lost, scores = 0.0, 0.0
    for batch in without_views(features).batch(batch_size):
        pieces = explainer.contributions(batch, kind="removal")
        lost += float(np.sum(pieces.together))
        scores += float(np.sum(pieces.score))
    return lost / scores if scores > 0 else 0.0


def _located(peaks: FilterPeaks, split: PartSplit) -> LocatedPeaks:
    return LocatedPeaks(peaks, split.landmarks, split.labels)


def parts_apart(parts: FilterPeaks) -> float:
    """Returns the share of pairs of parts that lie apart, mean over images.

    Args:
        parts: Places of the parts in each image.

    Returns:
        In [0, 1], of the pairs that are both there: farther from each other
        than a tenth of the image. An image with fewer than two parts counts
        0: one part cannot lie apart.
    """
    places = parts.positions
    distances = np.linalg.norm(places[:, :, None] - places[:, None], axis=-1)
    one, other = np.triu_indices(parts.filters, 1)
    distances = distances[:, one, other]
    known = (~np.isnan(distances)).sum(axis=1)
    far = (distances > APART).sum(axis=1)
    return float((far / np.maximum(known, 1)).mean())


def collapse_proof(found: Mapping[str, float]) -> dict[str, float]:
    """Returns what the settings of explainers with parts are chosen by.

    Parts that all crowd on one place may find one landmark perfectly, and
    parts at constant places may know what erasing these costs. So a measure
    counts only as far as parts lie apart, and, where no landmark says that
    they move with the image, as far as they follow it.

    Args:
        found: From `part_numbers`.

    Returns:
        `one_to_one` times `apart`, and `fidelity` times `apart` and
        `follows`, by these names; what is negative stays as it is.
    """
    apart, follows = found["apart"], found["follows"]
    shares = {"one_to_one": apart, "fidelity": apart * follows}
    return {
        name: min(found[name], found[name] * share)
        for name, share in shares.items()
        if name in found
    }
