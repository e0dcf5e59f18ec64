"""What a trial with parts is judged by."""

from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.evaluation.causal import removal_fidelity
from tf_explainer.evaluation.part_measures.matching import MatchedParts
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.reading import places_of
from tf_explainer.features.batches import without_views

# Enough to tell settings apart, and few enough for a trial.
FIDELITY_IMAGES = 48
FIDELITY_FILL = "blur"

OF_PARTS = {"limited_fidelity": "max", "fidelity": "max", "removal": "max"}
"""Measures of trials with parts, and what is better."""
AT_LANDMARKS = {"limited_one_to_one": "max", "one_to_one": "max"}
"""The same where there are landmarks."""


def part_numbers(
    explainer: Explainer,
    dataset: PartDataset,
    features: dict[str, tf.data.Dataset],
    batch_size: int,
    landmarks: bool,
) -> dict[str, float]:
    """Returns the measures of parts on a validation part.

    Args:
        explainer: A trained explainer with parts.
        dataset: From `hold_out`: learned from is `train`, judged by `test`.
        features: The performer's, of both.
        batch_size: Images at a time.
        landmarks: Whether there are landmarks.

    Returns:
        `fidelity`, see `removal_fidelity`, of one fill and a few images, 0
        where no image counts; `removal`, the share of the class score that is
        lost without all parts; and with landmarks `one_to_one`, see
        `MatchedParts`.
    """
    rank = removal_fidelity(
        explainer,
        dataset.splits["test"],
        FIDELITY_IMAGES,
        fills=(FIDELITY_FILL,),
        claims=("removal",),
        batch_size=batch_size,
    )
    found = {
        "fidelity": float(rank.get("mean", {}).get("removal", 0.0)),
        "removal": _lost_without(explainer, features["test"], batch_size),
    }
    if landmarks:
        train, test = (
            _located(explainer, dataset, features, name, batch_size)
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


def _located(
    explainer: Explainer,
    dataset: PartDataset,
    features: dict[str, tf.data.Dataset],
    name: str,
    batch_size: int,
) -> LocatedPeaks:
    """Places of the parts of a split, as peaks that landmarks are held to."""
    seen = []
    for batch in without_views(features[name]).batch(batch_size):
        maps: Any = explainer.encode(batch).part_maps
        maps = tf.cast(maps[..., :-1], tf.float32)
        seen.append(places_of(maps, explainer.receptive_field))
    places, presence = (
        np.concatenate([np.asarray(one) for one in ones])
        for ones in zip(*seen, strict=True)
    )
    split = dataset.splits[name]
    peaks = FilterPeaks.of_parts(places, presence)
    return LocatedPeaks(peaks, split.landmarks, split.labels)
