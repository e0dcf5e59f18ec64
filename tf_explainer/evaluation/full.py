"""The measures that look at images again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.drawn_animals import CATEGORIES
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.evaluation.causal import (
    causal_checks,
    faithfulness,
    occlusion,
    part_outlines,
    removal_fidelity,
)
from tf_explainer.evaluation.label_free import LandmarkFreeProxy, equivariance
from tf_explainer.evaluation.moved_images import jittered
from tf_explainer.evaluation.observation import LAYERS, Observation
from tf_explainer.evaluation.observing import Progress, observe
from tf_explainer.evaluation.result import measure
from tf_explainer.evaluation.sampling import known_numbers, mean_of_known
from tf_explainer.explainer import Explainer


def share_through_filters(contributions: Mapping[str, Any]) -> float:
    """Returns the share of the score that passes through part filters.

    Args:
        contributions: What `part_contributions` returned, not empty.
    """
    return sum(contributions["parts"].values()) + contributions["other"]


def part_contributions(
    explainer: Explainer,
    batches: Iterable[Any],
    wanted: np.ndarray,
    standing: np.ndarray,
    landmark_names: Sequence[str],
) -> dict[str, Any]:
    """Returns the shares of the score of the category that is decided for.

    Args:
        explainer: A trained `Explainer`.
        batches: Images, or the performer's features of them.
        wanted: bool `(images,)`, which images count.
        standing: int `(filters,)`, the landmark that each filter stands for,
            -1 for none.
        landmark_names: Names in the order of the landmarks.

    Returns:
        `images`, their number; `parts`, landmark name to the share of the
        filters that stand for it; `other`, the share of all other filters;
        `ordinary`, that of the ordinary track, and `bias`, that of decoder
        and head; with parts `removal`, what the score loses without all of
        them. Shares are of the sum of the scores that
        `Explainer.contributions` takes apart, and add up to 1. Empty if no
        image counts or that sum is not above 0.

    Source:
        Zhang et al. 2018, Figure 5, which leaves `ordinary` and `bias` out.
    """
    filters, ordinary, bias, lost = np.zeros(len(standing)), 0.0, 0.0, 0.0
    start = 0
    for batch in batches:
        size = len(tf.nest.flatten(batch)[0])
        rows = wanted[start : start + size]
        start += size
        if rows.any():
            some = _some(batch, rows)
            pieces = explainer.contributions(some, kind="gradient")
            if explainer.encoder.parts:
                removed = explainer.contributions(some, kind="removal")
                lost += float(np.sum(removed.together))
            filters += np.asarray(pieces.filters, np.float64).sum(axis=0)
            ordinary += float(np.sum(pieces.ordinary))
            bias += float(np.sum(pieces.rest))
    total = filters.sum() + ordinary + bias
    if not total > 0:
        return {}
    return {
        "images": int(wanted.sum()),
        "parts": {
            name: float(filters[standing == landmark].sum() / total)
            for landmark, name in enumerate(landmark_names)
        },
        "other": float(filters[standing < 0].sum() / total),
        "ordinary": ordinary / total,
        "bias": bias / total,
        **({"removal": lost / total} if explainer.encoder.parts else {}),
    }


def _some(batch: Any, rows: np.ndarray) -> Any:
    return tf.nest.map_structure(
        lambda part: tf.boolean_mask(part, rows), batch
    )


def full_measures(
    explainer: Explainer,
    dataset: PartDataset,
    observation: Observation,
    batch_size: int = 32,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Measures what one look at the images does not tell.

    Args:
        explainer: A trained `Explainer`.
        dataset: Images whose labels are the performer's classes.
        observation: What `observe` saw of them with the same seed.
        batch_size: Images at a time.
        seed: Seed of crops, views, drawings and controls.
        progress: Called with a number of jittered images as they are done.

    Returns:
        JSON values, further sections of `result.json`: `jittered`,
        `equivariance`, `proxy`, `occlusion`, `faithfulness`; for an explainer
        with parts `removal_fidelity`; for drawn animals `causal` and, with
        parts, `part_outlines`.
    """
    moved = jittered(dataset, seed)
    again = measure(observe(explainer, moved, batch_size, seed, progress), seed)
    test = dataset.splits["test"]
    found = {
        "jittered": {
            key: again[key]
            for key in ("layers", "controls", "parts")
            if key in again
        },
        "equivariance": _means(
            equivariance(explainer, test, LAYERS, batch_size, seed)
        ),
        "proxy": LandmarkFreeProxy(explainer, test, batch_size, seed)(
            explainer
        ),
        "occlusion": occlusion(
            explainer, test, batch_size=batch_size, seed=seed
        ),
        "faithfulness": faithfulness(
            explainer, test, batch_size=batch_size, seed=seed
        ),
    }
    if explainer.encoder.parts:
        found["removal_fidelity"] = removal_fidelity(
            explainer, test, batch_size=batch_size, seed=seed
        )
    if dataset.name == "drawn_animals" and set(CATEGORIES) & set(
        dataset.categories
    ):
        found["causal"] = causal_checks(
            explainer, dataset, observation, batch_size=batch_size, seed=seed
        )
        if explainer.encoder.parts:
            found["part_outlines"] = part_outlines(
                explainer, dataset, batch_size=batch_size, seed=seed
            )
    return found


def _means(values: dict[str, np.ndarray]) -> dict[str, float]:
    """Mean over the filters that could be measured, where there are any."""
    return known_numbers(
        {layer: float(mean_of_known(value)) for layer, value in values.items()}
    )
