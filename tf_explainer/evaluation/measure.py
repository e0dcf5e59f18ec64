"""From an observation to the numbers of `result.json`."""

from typing import Any

import numpy as np

from tf_explainer.evaluation import CONTROLS, METRICS
from tf_explainer.evaluation.bootstrap_interval import bootstrap_interval
from tf_explainer.evaluation.category_skills import category_skills
from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.filter_table import filter_table
from tf_explainer.evaluation.intervals import intervals
from tf_explainer.evaluation.known_numbers import known_numbers
from tf_explainer.evaluation.landmark_skill import landmark_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks
from tf_explainer.evaluation.observation import LAYERS, Observation
from tf_explainer.evaluation.part_counts import part_counts
from tf_explainer.evaluation.result_schema import SCHEMA_VERSION
from tf_explainer.evaluation.top_category import top_category

_OF_CONTROLS = (
    "coverage",
    "location_instability",
    "pck",
    "share_above_constant",
    "skill",
    "skill_own_category",
)


def measure(observation: Observation, seed: int = 0) -> dict[str, Any]:
    """Returns every number that an observation gives.

    A number that cannot be computed (no landmarks, no live filter) is left
    out. `result.schema.json` beside this file says what each one means.

    Args:
        observation: What the explainer showed.
        seed: Seed of the random control and of the bootstrap.

    Returns:
        JSON values: all of `result.json` but `settings`, `seed`, `versions`
        and `seconds`.
    """
    test = observation.splits["test"]
    performer = top_category(observation.performer_scores)
    explainer = top_category(observation.scores)
    accuracy = float((performer == test.labels).mean())
    explained = float((explainer == test.labels).mean())
    return {
        "schema_version": SCHEMA_VERSION,
        "data": _data(observation),
        "images": _images(observation),
        "performer": {"accuracy": accuracy},
        "explainer": {
            "accuracy": explained,
            "agreement": float((performer == explainer).mean()),
        },
        "delta_error": 100 * (accuracy - explained),
        **_delta_error_interval(explainer, performer, test.labels, seed),
        "p": observation.p,
        "eta": observation.eta,
        "reconstruction_error": known_numbers(observation.reconstruction_error),
        "layers": {
            layer: _of_layer(*observation.located(layer), seed=seed)
            for layer in LAYERS
        },
        "controls": _controls(observation, seed),
        **_parts(observation),
    }


def _delta_error_interval(
    explainer: np.ndarray, performer: np.ndarray, labels: np.ndarray, seed: int
) -> dict[str, list[float]]:
    if len(labels) < 2:
        return {}
    lost = 100.0 * (performer == labels) - 100.0 * (explainer == labels)
    return {"delta_error_interval": list(bootstrap_interval(lost, seed))}


def _data(observation: Observation) -> dict[str, Any]:
    single = observation.categories[-1] == "background"
    return {
        "name": observation.name,
        "task": "single" if single else "multi",
        "categories": list(observation.categories),
        "landmarks": list(observation.landmark_names),
    }


def _images(observation: Observation) -> dict[str, int]:
    counts = {
        name: len(split.labels) for name, split in observation.splits.items()
    }
    skipped = sum(split.skipped for split in observation.splits.values())
    return {**counts, "skipped": skipped}


def _of_layer(
    train: LocatedPeaks, test: LocatedPeaks, seed: int
) -> dict[str, Any]:
    numbers = {name: METRICS.get(name)(train, test) for name in METRICS.names()}
    ends = {
        f"{name}_interval": list(interval)
        for name, interval in intervals(train, test, seed).items()
    }
    return {"filters": test.peaks.filters, **known_numbers(numbers), **ends}


def _controls(observation: Observation, seed: int) -> dict[str, Any]:
    layers = observation.splits["test"].peaks
    controls = {
        layer: _of_layer(*observation.located(layer), seed=seed)
        for layer in layers
        if layer not in LAYERS
    }
    explained = observation.located("interp_2")
    if not all(split.visible.any() for split in explained):
        return controls
    for name in CONTROLS.names():
        splits = CONTROLS.get(name)(*explained, seed)
        controls[name] = known_numbers(
            {metric: METRICS.get(metric)(*splits) for metric in _OF_CONTROLS}
        )
    return controls


def _parts(observation: Observation) -> dict[str, Any]:
    if not observation.landmark_names:
        return {}
    located, names = observation.located("interp_2"), observation.landmark_names
    skills = filter_skill(*located), landmark_skill(*located)
    by_category = category_skills(*located, observation.categories, names)
    return {
        "parts": part_counts(*skills, names),
        "parts_by_category": by_category,
        "filters": filter_table(*located, observation.categories, names),
    }
