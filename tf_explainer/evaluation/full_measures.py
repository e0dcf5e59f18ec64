"""The measures that look at images again."""

from typing import Any

import numpy as np

from tf_explainer.datasets.drawn_animals import CATEGORIES
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.evaluation.causal import causal_checks, occlusion
from tf_explainer.evaluation.equivariance import equivariance
from tf_explainer.evaluation.jittered import jittered
from tf_explainer.evaluation.known_numbers import known_numbers
from tf_explainer.evaluation.landmark_free_proxy import LandmarkFreeProxy
from tf_explainer.evaluation.mean_of_known import mean_of_known
from tf_explainer.evaluation.measure import measure
from tf_explainer.evaluation.observation import LAYERS, Observation
from tf_explainer.evaluation.observe import Progress, observe


def full_measures(
    explainer: Any,
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
        `equivariance`, `proxy`, `occlusion` and, for drawn animals, `causal`.
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
    }
    if dataset.name == "drawn_animals" and set(CATEGORIES) & set(
        dataset.categories
    ):
        found["causal"] = causal_checks(
            explainer, dataset, observation, batch_size=batch_size, seed=seed
        )
    return found


def _means(values: dict[str, np.ndarray]) -> dict[str, float]:
    """Mean over the filters that could be measured, where there are any."""
    return known_numbers(
        {layer: float(mean_of_known(value)) for layer, value in values.items()}
    )
