"""The section `part_maps` of `result.json`."""

from typing import Any

import numpy as np

from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.part_measures.agreement import (
    RESAMPLES,
    agreement_intervals,
    landmark_agreement,
)
from tf_explainer.evaluation.part_measures.matching import (
    MatchedParts,
    largest_share,
)
from tf_explainer.evaluation.part_measures.observed import EXPLAINER
from tf_explainer.evaluation.part_measures.regression import regression_error
from tf_explainer.evaluation.sampling import known_numbers


def part_section(observation: Observation, seed: int = 0) -> dict[str, Any]:
    """Returns what the part maps are worth, beside their controls.

    Args:
        observation: What the explainer showed.
        seed: Seed of the bootstrap.

    Returns:
        JSON values, see `part_maps` in `result.schema.json`; empty if the
        explainer has no part maps.
    """
    parts = observation.splits["test"].parts
    if EXPLAINER not in parts:
        return {}
    return {
        **part_numbers(observation, EXPLAINER),
        **_intervals(observation, seed),
        "by_part": _by_part(observation),
        "controls": {
            name: part_numbers(observation, name)
            for name in parts
            if name != EXPLAINER
        },
    }


def part_numbers(observation: Observation, name: str) -> dict[str, Any]:
    """Returns the numbers of one kind of part maps.

    Args:
        observation: What the explainer showed.
        name: `explainer`, or that of a control.

    Returns:
        `parts`, a count, and, where they can be measured, `nmi`, `ari`,
        `ami`, `one_to_one`, `one_to_one_found`, `largest_share` and
        `regression`.
    """
    train, test = (
        observation.splits[split].located_parts(name)
        for split in ("train", "test")
    )
    seen = observation.splits["test"].parts[name]
    matched = MatchedParts.of(train, test)
    found = {"one_to_one_found": matched.found} if matched.landmarks else {}
    return {
        "parts": seen.parts,
        **landmark_agreement(seen),
        **known_numbers({"one_to_one": matched.value}),
        **found,
        **known_numbers(
            {
                "largest_share": largest_share(train, test),
                "regression": regression_error(train, test),
            }
        ),
    }


def _intervals(observation: Observation, seed: int) -> dict[str, list[float]]:
    train, test = (
        observation.splits[split].located_parts(EXPLAINER)
        for split in ("train", "test")
    )
    ends = MatchedParts.of(train, test).interval(test, RESAMPLES, seed)
    one = {} if np.isnan(ends).any() else {"one_to_one_interval": list(ends)}
    seen = observation.splits["test"].parts[EXPLAINER]
    return {**agreement_intervals(seen, seed), **one}


def _by_part(observation: Observation) -> list[dict[str, Any]]:
    train, test = (
        observation.splits[split].located_parts(EXPLAINER)
        for split in ("train", "test")
    )
    matched = MatchedParts.of(train, test)
    present = observation.splits["test"].parts[EXPLAINER].present
    names = [*observation.landmark_names, None]
    return [
        {
            "landmark": names[landmark],
            **known_numbers({"skill": float(skill)}),
            "presence": float(share),
        }
        for landmark, skill, share in zip(
            matched.named, matched.skill.test, present.mean(axis=0), strict=True
        )
    ]
