"""What filters do when their part is removed or moved."""

from typing import Any

import numpy as np

from tf_explainer.evaluation.causal.drawn_cases import DrawnCases, animal_draws
from tf_explainer.evaluation.peaks import FilterPeaks


def silence(
    cases: DrawnCases,
    before: np.ndarray,
    after: np.ndarray,
    standing: np.ndarray,
    counts: np.ndarray | None = None,
    compared: np.ndarray | None = None,
) -> np.ndarray:
    """Returns how surely a filter falls silent when its own part is removed.

    The area under the ROC curve of the filter's peak strength, divided by the
    one in the whole image: the chance that it is lower after its own part was
    removed than after another part of such an animal was, a tie counts half.
    1: it always is; a half: it does not care which part is gone. Only animals
    that show the filter's part, and fire the filter, are asked.

    A half is no chance level for filters that see how much of the animal is
    left: one that counts its pixels has nearly 1 for the torso and nearly 0
    for the muzzle. Read the number beside `left_by_size` in the place of the
    strengths, or ask `silence_like_size`.

    Args:
        cases: What was removed from which image.
        before: float `(images, filters)`, peak strengths in whole images.
        after: float `(cases, filters)`, without the part.
        standing: int `(filters,)`, the part of each filter, -1 for none.
        counts: float `(..., images)`, how often each animal counts, as in
            `animal_draws`; once each by default.
        compared: bool `(cases, cases)`, whether the case of the row is
            compared with that of the column; all are by default.

    Returns:
        float64 `(..., filters)`, in [0, 1]; NaN where nothing can be asked.

    Source:
        Mann and Whitney 1947, for the area under the curve by pairs.
    """
    whole = before[cases.image]
    ratio = np.where(whole > 0, after / np.where(whole > 0, whole, 1), np.nan)
    images, pairs = len(cases.images), len(cases.part)
    counts = np.ones(images) if counts is None else counts
    if compared is None:
        compared = np.ones((pairs, pairs), bool)
    animals = cases.image[:, None] == np.arange(images)
    result = np.full((*counts.shape[:-1], len(standing)), np.nan)
    for index in np.flatnonzero(standing >= 0):
        is_own = cases.part == standing[index]
        shows = np.isin(cases.image, cases.image[is_own])
        own, rest = np.flatnonzero(is_own), np.flatnonzero(shows & ~is_own)
        result[..., index] = _chance(
            *(ratio[own, index], ratio[rest, index]),
            compared[np.ix_(own, rest)],
            *(animals[own], animals[rest]),
            counts,
        )
    return result


def _chance(
    own: np.ndarray,
    rest: np.ndarray,
    compared: np.ndarray,
    own_animals: np.ndarray,
    rest_animals: np.ndarray,
    counts: np.ndarray,
) -> np.ndarray:
    """Chance that a value of `own` is below one of `rest`."""
    one, other = own[:, None], rest[None]
    asked = compared & ~np.isnan(one) & ~np.isnan(other)
    wins = asked * ((one < other) + 0.5 * (one == other))
    won, total = (
        ((counts @ (own_animals.T @ pairs @ rest_animals)) * counts).sum(-1)
        for pairs in (wins, asked.astype(np.float64))
    )
    return np.where(total > 0, won / np.where(total > 0, total, 1), np.nan)


# Parts of such different sizes are still compared.
TIMES = 2


def silence_like_size(
    cases: DrawnCases,
    before: np.ndarray,
    after: np.ndarray,
    standing: np.ndarray,
    counts: np.ndarray | None = None,
) -> np.ndarray:
    """Returns `silence` among parts of like size, smaller and larger ones.

    The filter's own part is compared with parts of at least half and at most
    twice its share of the animal. Those that are smaller and those that are
    larger count the same, however many there are: the torso is mostly the
    larger one of a pair and the muzzle the smaller one, so that a filter that
    counts the animal's pixels would be right about the torso even so. It gets
    a half here, whatever it stands for: a half is chance. Parts of exactly
    the same share are left out.

    Args:
        cases: What was removed from which image.
        before: float `(images, filters)`, peak strengths in whole images.
        after: float `(cases, filters)`, without the part.
        standing: int `(filters,)`, the part of each filter, -1 for none.
        counts: float `(..., images)`, how often each animal counts; once each
            by default.

    Returns:
        float64 `(..., filters)`, in [0, 1]; NaN where no smaller or no larger
        part is of like size.

    Source:
        Ours.
    """
    own, other = cases.shares[:, None], cases.shares[None]
    like = np.maximum(own, other) <= TIMES * np.minimum(own, other)
    smaller, larger = (
        silence(cases, before, after, standing, counts, like & side)
        for side in (other < own, other > own)
    )
    return (smaller + larger) / 2


def left_by_size(cases: DrawnCases, fires: np.ndarray) -> np.ndarray:
    """Returns how much of the animal is left, for every filter alike.

    The control of `silence`, with `fires` for the strengths before: a filter
    whose strength is the number of the animal's pixels, asked about the same
    animals.

    Args:
        cases: What was removed from which image.
        fires: bool `(images, filters)`, whether a filter fires in the whole
            image.

    Returns:
        float64 `(cases, filters)`, share of the animal's pixels, in [0, 1].
    """
    return (1 - cases.shares[:, None]) * fires[cases.image]


def follow(
    cases: DrawnCases,
    before: FilterPeaks,
    after: FilterPeaks,
    standing: np.ndarray,
    counts: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns how far the filters' peaks go along when a part is moved.

    `1 - sum ||q - (p + d)||^2 / sum ||d||^2` over the cases in which the
    filter fires in the whole image, with `p` its peak there, `q` its peak
    after the part was moved by `d`. 1: goes along exactly; 0: stays, or falls
    silent; below 0: jumps elsewhere. Each filter's value is cut off at -1, as
    in `filter_consistency`, so that one that jumps far does not decide over
    many that follow.

    Args:
        cases: Which part of which image was moved, and how far.
        before: Peaks in whole images.
        after: Peaks with the part moved, one row a case.
        standing: int `(filters,)`, the part of each filter, -1 for none.
        counts: float `(..., images)`, how often each animal counts; once each
            by default.

    Returns:
        Two float64 `(..., filters)` in [-1, 1], for the filter's own part and
        for all other parts, where 0 is right; NaN where there is no case.
    """
    start = before.positions[cases.image]
    goal = start + cases.shift[:, None]
    end = np.where(after.fires[..., None], after.positions, start)
    missed = ((end - goal) ** 2).sum(axis=-1)
    away = (cases.shift**2).sum(axis=-1)[:, None] * np.ones_like(missed)
    fires = before.fires[cases.image] & (standing >= 0)
    own = cases.part[:, None] == standing
    counts = np.ones(len(cases.images)) if counts is None else counts
    weights = counts[..., cases.image]
    first, second = (
        _share(missed, away, fires & used, weights) for used in (own, ~own)
    )
    return first, second


def _share(
    missed: np.ndarray,
    away: np.ndarray,
    used: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    total = weights @ np.where(used, away, 0)
    error = weights @ np.where(used, missed, 0)
    known = total > 0
    share = 1 - error / np.where(known, total, 1.0)
    return np.where(known, np.maximum(share, -1), np.nan)


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
