"""The measures that look at images again."""

from typing import Any

import numpy as np

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
