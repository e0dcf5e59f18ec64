"""Two runs on the same images, side by side."""

import dataclasses
import math
from typing import Any

import numpy as np
from scipy import stats

from tf_explainer.errors import InputError
from tf_explainer.evaluation.metrics.agreement import filter_stability
from tf_explainer.evaluation.metrics.location import pck_ratios
from tf_explainer.evaluation.metrics.skills import skill_ratios
from tf_explainer.evaluation.observation import Observation, top_category
from tf_explainer.evaluation.result import measure
from tf_explainer.evaluation.sampling import (
    BATCH,
    RESAMPLES,
    ImageRatios,
    image_draws,
)


def measures_by_image(observation: Observation) -> dict[str, ImageRatios]:
    """Returns the measures that can be taken again on other images.

    Args:
        observation: What an explainer showed.

    Returns:
        `accuracy` of the explainer; its `agreement` with the performer; and,
        where they can be measured, `skill` and `pck` of `interp_2`.
    """
    labels = observation.splits["test"].labels
    explainer = top_category(observation.scores)
    performer = top_category(observation.performer_scores)
    located = observation.located("interp_2")
    measures = {
        "accuracy": ImageRatios.of_values(explainer == labels),
        "agreement": ImageRatios.of_values(explainer == performer),
        "skill": skill_ratios(*located),
        "pck": pck_ratios(*located),
    }
    return {
        name: measure
        for name, measure in measures.items()
        if measure.above.size
    }


@dataclasses.dataclass(frozen=True)
class PairedDifference:
    """One measure of two runs, and what tells them apart.

    Args:
        one: Of the first run.
        other: Of the second run.
        difference: `other - one`.
        interval: 95 % bootstrap interval of the difference, low and high.
        p_value: Of the paired permutation test, two-sided.
    """

    one: float
    other: float
    difference: float
    interval: tuple[float, float]
    p_value: float


def paired_difference(
    one: ImageRatios, other: ImageRatios, seed: int = 0
) -> PairedDifference:
    """Compares a measure of two runs on the same images.

    The interval is the percentile bootstrap over images: both measures are
    taken again on each sample. The p-value is that of the permutation test
    that exchanges what an image adds to the two. They speak of other test
    images, not of other seeds of the training: for these, train again.

    Args:
        one: Of the first run.
        other: Of the second run, with the images in the same order.
        seed: Seed of the draws.

    Returns:
        The difference with its interval and p-value.

    Raises:
        InputError: If the two do not have the same number of images, or
            fewer than two.
    """
    images = len(one.above)
    if images != len(other.above) or images < 2:
        raise InputError(
            "`one` and `other` must be of the same two images or more, "
            f"received {images} and {len(other.above)}."
        )
    gap = other.by_image - one.by_image
    values = one.value, other.value, other.value - one.value
    if not gap.any():
        return PairedDifference(*values, (0.0, 0.0), 1.0)
    test = stats.permutation_test(
        (gap,),
        np.mean,
        permutation_type="samples",
        random_state=np.random.default_rng(seed),
        n_resamples=RESAMPLES,
        vectorized=True,
        batch=BATCH,
    )
    gaps = _drawn_gaps(one, other, seed)
    low, high = (float(end) for end in np.nanquantile(gaps, [0.025, 0.975]))
    return PairedDifference(*values, (low, high), float(test.pvalue))


def _drawn_gaps(one: ImageRatios, other: ImageRatios, seed: int) -> np.ndarray:
    # In batches: all draws of many images at once would fill the memory.
    generator = np.random.default_rng(seed)
    gaps = []
    for start in range(0, RESAMPLES, BATCH):
        size = min(BATCH, RESAMPLES - start)
        draws = image_draws(len(one.above), size, generator)
        gaps.append(other.drawn(draws) - one.drawn(draws))
    return np.concatenate(gaps)


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
    parts = numbers.get("part_maps", {})
    return {
        "p": numbers["p"],
        "delta_error": numbers["delta_error"],
        **{
            f"part_maps_{name}": value
            for name, value in parts.items()
            if not isinstance(value, list | dict)
        },
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
