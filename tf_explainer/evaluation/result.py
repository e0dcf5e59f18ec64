"""From an observation to the numbers of `result.json`."""

import functools
import json
import math
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np

from tf_explainer.errors import InputError, refuse_later
from tf_explainer.evaluation.controls import CONTROLS
from tf_explainer.evaluation.margins import intervals
from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.categories import (
    category_skills,
    filter_category,
    own_category_skills,
)
from tf_explainer.evaluation.metrics.landmarks import landmark_skill
from tf_explainer.evaluation.metrics.parts import part_counts
from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.evaluation.observation import (
    LAYERS,
    Observation,
    top_category,
)
from tf_explainer.evaluation.part_measures.section import part_section
from tf_explainer.evaluation.peaks import LocatedPeaks
from tf_explainer.evaluation.sampling import bootstrap_interval, known_numbers

SCHEMA_VERSION = 1


@functools.cache
def result_schema() -> dict[str, Any]:
    """Returns the JSON Schema of `result.json`, every field described."""
    file = resources.files(__package__) / "result.schema.json"
    return json.loads(file.read_text(encoding="utf-8"))


def validate_result(result: Mapping[str, Any]) -> None:
    """Checks a result before it is written or after it is read.

    Args:
        result: Contents of a `result.json`.

    Raises:
        InputError: If it breaks the schema; the message names the field. Also
            if it holds NaN or infinity, which JSON and the schema do not know.
    """
    import jsonschema

    refuse_later(result.get("schema_version"), SCHEMA_VERSION, "result.json")
    try:
        json.dumps(result, allow_nan=False)
    except ValueError as reason:
        raise InputError("The result holds NaN or infinity.") from reason
    validator = jsonschema.Draft202012Validator(result_schema())
    error = jsonschema.exceptions.best_match(validator.iter_errors(result))
    if error is not None:
        raise InputError(
            f"`{error.json_path}` of the result breaks its schema: "
            f"{error.message.splitlines()[0]}."
        )


def filter_table(
    train: LocatedPeaks,
    test: LocatedPeaks,
    categories: Sequence[str],
    landmark_names: Sequence[str],
) -> list[dict[str, Any]]:
    """Returns the live filters of a layer with their part and category.

    Args:
        train: Peaks and landmarks that choose category, landmark and offset.
        test: Peaks and landmarks that give the values.
        categories: Category names in label order.
        landmark_names: Names in the order of the landmarks.

    Returns:
        For each live filter `filter`, its index; `part`, the landmark it
        stands for, or None for "other"; `skill`; and, where they can be
        measured, `category` and `skill_own_category`.
    """
    result = filter_skill(train, test)
    category = filter_category(train)
    own = own_category_skills(train, test)
    return [
        {
            "filter": int(index),
            "part": _name(landmark_names, result.stands_for[index]),
            "category": _name(categories, category[index]),
            "skill": float(result.test[index]),
            **_known("skill_own_category", own[index]),
        }
        for index in np.flatnonzero(result.measured)
    ]


def _name(names: Sequence[str], index: int) -> str | None:
    return names[index] if index >= 0 else None


def _known(name: str, value: float) -> dict[str, float]:
    return {name: float(value)} if math.isfinite(value) else {}


# A rule's filters are all alike: these say nothing of it.
_NOT_OF_CONTROLS = {"alive", "consistency", "skill_best_tenth"}


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
        **_part_maps(observation, seed),
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
    asked = [name for name in METRICS.names() if name not in _NOT_OF_CONTROLS]
    for name in CONTROLS.names():
        splits = CONTROLS.get(name)(*explained, seed)
        controls[name] = known_numbers(
            {metric: METRICS.get(metric)(*splits) for metric in asked}
        )
    return controls


def _part_maps(observation: Observation, seed: int) -> dict[str, Any]:
    found = part_section(observation, seed)
    return {"part_maps": found} if found else {}


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
