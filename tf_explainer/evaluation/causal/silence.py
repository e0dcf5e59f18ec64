"""Whether a filter falls silent without its part."""

import numpy as np

from tf_explainer.evaluation.causal.drawn_cases import DrawnCases


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
