"""Two runs on the same images, side by side."""

import dataclasses
import math
from typing import Any

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.evaluation.filter_stability import filter_stability
from tf_explainer.evaluation.measure import measure
from tf_explainer.evaluation.measures_by_image import measures_by_image
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.paired_difference import paired_difference


def compare(
    one: Observation, other: Observation, seed: int = 0
) -> dict[str, Any]:
    """Compares two explainers that looked at the same test images.

    Args:
        one: What the first explainer showed.
        other: What the second one showed.
        seed: Seed of bootstrap and permutations.

    Returns:
        JSON values: `paired`, measure to the fields of `PairedDifference`;
        `plain`, number to `one` and `other`, for numbers that are no sum
        over images; `stability`, `value` and `chance` of `filter_stability`,
        where both have live filters.

    Raises:
        InputError: If the two did not see the same test images.
    """
    _check_same_images(one, other)
    first, second = measures_by_image(one), measures_by_image(other)
    return {
        "paired": {
            name: _as_json(paired_difference(first[name], second[name], seed))
            for name in first
            if name in second
        },
        "plain": _plain(measure(one, seed), measure(other, seed)),
        **_stability(one, other, seed),
    }


def _check_same_images(one: Observation, other: Observation) -> None:
    first, second = one.splits["test"], other.splits["test"]
    same = (
        first.files == second.files
        and np.array_equal(first.labels, second.labels)
        and np.array_equal(first.landmarks, second.landmarks, equal_nan=True)
    )
    if not same:
        raise InputError(
            "The two runs must be evaluated on the same test images, received "
            f"{len(first.files)} images of {one.name!r} and "
            f"{len(second.files)} of {other.name!r}."
        )


def _as_json(difference: Any) -> dict[str, Any]:
    values = dataclasses.asdict(difference)
    return {**values, "interval": list(values["interval"])}


def _plain(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    first, second = _flat(one), _flat(other)
    return {
        name: {"one": first[name], "other": second[name]}
        for name in first
        if name in second
    }


def _flat(numbers: dict[str, Any]) -> dict[str, Any]:
    layer = numbers["layers"]["interp_2"]
    return {
        "p": numbers["p"],
        "delta_error": numbers["delta_error"],
        **{
            name: value
            for name, value in layer.items()
            if name not in ("skill", "pck") and not isinstance(value, list)
        },
    }


def _stability(
    one: Observation, other: Observation, seed: int
) -> dict[str, Any]:
    seen = one.splits["test"]
    first, second = (
        split.peaks["interp_2"] for split in (seen, other.splits["test"])
    )
    found = filter_stability(first, second, seed, seen.labels)
    if not math.isfinite(found.value):
        return {}
    return {"stability": {"value": found.value, "chance": found.chance}}
