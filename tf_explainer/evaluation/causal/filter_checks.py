"""What filters do when their part is removed or moved, in means."""

from typing import Any

import numpy as np

from tf_explainer.evaluation.causal.animal_draws import animal_draws
from tf_explainer.evaluation.causal.drawn_cases import DrawnCases
from tf_explainer.evaluation.causal.follow import follow
from tf_explainer.evaluation.causal.left_by_size import left_by_size
from tf_explainer.evaluation.causal.silence import silence
from tf_explainer.evaluation.causal.silence_like_size import silence_like_size
from tf_explainer.evaluation.filter_peaks import FilterPeaks

ENDS = [0.025, 0.975]


def filter_checks(
    cases: DrawnCases,
    standing: np.ndarray,
    whole: FilterPeaks,
    removed: FilterPeaks,
    moved: FilterPeaks,
    seed: int = 0,
    suffix: str = "",
) -> dict[str, Any]:
    """Returns means over the filters that stand for a part, with intervals.

    Args:
        cases: What was changed in which image.
        standing: int `(filters,)`, the part of each filter, -1 for none.
        whole: Peaks in whole images.
        removed: Peaks without the part, one row a case.
        moved: Peaks with the part moved.
        seed: Seed of the bootstrap.
        suffix: Follows the name of each number.

    Returns:
        `silence` and `silence_like_size`; `silence_by_size`, the control of
        the first, see `left_by_size`; `follow` and `follow_others`. Each with
        a 95 % percentile bootstrap interval over the animals, as
        `<name>_interval`. What cannot be computed is left out.
    """
    draws = animal_draws(len(cases.images), seed)
    strengths = whole.strengths, removed.strengths
    sizes = whole.fires.astype(float), left_by_size(cases, whole.fires)
    own, others = follow(cases, whole, moved, standing, draws)
    found = {
        "silence": silence(cases, *strengths, standing, draws),
        "silence_by_size": silence(cases, *sizes, standing, draws),
        "silence_like_size": silence_like_size(
            cases, *strengths, standing, draws
        ),
        "follow": own,
        "follow_others": others,
    }
    numbers: dict[str, Any] = {}
    for name, values in found.items():
        mean, again = _means(values[:1]), _means(values[1:])
        if not len(mean):
            continue
        numbers[f"{name}{suffix}"] = float(mean[0])
        if len(cases.images) > 1 and len(again):
            ends = np.quantile(again, ENDS)
            numbers[f"{name}{suffix}_interval"] = [float(end) for end in ends]
    return numbers


def _means(values: np.ndarray) -> np.ndarray:
    """Mean over known filters of each draw in which there is one."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    sums = np.sum(values, axis=1, where=known)
    return sums[count > 0] / count[count > 0]
