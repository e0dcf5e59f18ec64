"""Whether filters, or two trainings, agree on where things are."""

import dataclasses

import numpy as np
from scipy import optimize

from tf_explainer.errors import InputError
from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.metrics.landmarks import landmark_skill
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.evaluation.sampling import exchanged_images


@METRICS.register("consistency")
def consistency(train: LocatedPeaks, test: LocatedPeaks) -> float:
    """How well the filters' peaks tell each other's place; no landmarks.

    The peaks of every live filter are taken for a landmark, and the skill of
    every other filter on it is measured as in `landmark_skill`. Parts of one
    object keep their distances, so filters that stand for parts tell each
    other's place; filters that fire anywhere do not. Filters that are all
    alike tell it, too: read the number beside coverage.

    Args:
        train: Peaks that give offsets and constants.
        test: Peaks that give the value.

    Returns:
        Mean over live filters, no unit, as `skill`; NaN with fewer than two
        of them, or if none moves.
    """
    values = filter_consistency(train, test)
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else float("nan")


def filter_consistency(
    train: LocatedPeaks, test: LocatedPeaks, apart: float = 0.0
) -> np.ndarray:
    """Returns each filter's mean skill in telling the other filters' peaks.

    Args:
        train: Peaks that give offsets and constants.
        test: Peaks that give the value.
        apart: Pairs nearer than this on `test` are left out, so that filters
            that are all alike tell nothing; root mean square distance over
            the images that fire both, fractions of the image.

    Returns:
        float64 `(filters,)`, each pair's skill cut off at -1 so that one odd
        pair does not decide; NaN where a filter is dead or alone.
    """
    live = np.flatnonzero(test.peaks.live)
    result = np.full(test.peaks.filters, np.nan)
    told = [_told(one, live) for one in (train, test)]
    skills = landmark_skill(*told).test
    # Telling its own place is no art.
    np.fill_diagonal(skills, np.nan)
    if apart > 0:
        skills[_distances(told[1].peaks) < apart] = np.nan
    known = ~np.isnan(skills)
    count = known.sum(axis=1)
    total = np.sum(np.maximum(skills, -1), axis=1, where=known)
    result[live] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return result


def _distances(peaks: FilterPeaks) -> np.ndarray:
    """Distance of all pairs `(filters, filters)`; infinite if never both."""
    fires = peaks.fires.astype(np.float64)
    count = fires.T @ fires
    squares = 0.0
    for axis in range(2):
        place = np.where(peaks.fires, peaks.positions[..., axis] - 0.5, 0.0)
        place = place.astype(np.float64)
        once = (place**2).T @ fires
        squares = squares + once + once.T - 2 * place.T @ place
    mean = np.maximum(squares, 0) / np.maximum(count, 1)
    return np.where(count > 0, np.sqrt(mean), np.inf)


def _told(located: LocatedPeaks, live: np.ndarray) -> LocatedPeaks:
    """The live filters, with their own peaks in the landmarks' place."""
    images = np.arange(len(located.labels))
    peaks = located.peaks.chosen(images, live)
    return LocatedPeaks(peaks, peaks.positions, located.labels)


@dataclasses.dataclass(frozen=True)
class FilterStability:
    """Filters of two runs, paired by where they fire.

    Args:
        pairs: int `(pairs, 2)`, index in the first and in the second run.
        similarity: float64 `(pairs,)`, 1 where a pair fires in the same
            images and moves alike, 0 where it has nothing in common.
        value: Mean similarity of the pairs; NaN if a run has no live filter.
        chance: The same with the second run's images exchanged within their
            category. Above 0, since the best pairs are chosen.
    """

    pairs: np.ndarray
    similarity: np.ndarray
    value: float
    chance: float


def filter_stability(
    one: FilterPeaks,
    other: FilterPeaks,
    seed: int = 0,
    labels: np.ndarray | None = None,
) -> FilterStability:
    """Pairs the live filters of two runs, each with at most one.

    The similarity of two filters is the correlation of their positions
    (rows and columns together, each axis about its own mean) over the images
    that fire both, times the share of these among the images that fire
    either. A constant offset between the two costs nothing; a filter that
    never moves is like no other. The pairs are those of the highest total
    similarity.

    Args:
        one: Peaks of the first run.
        other: Peaks of the second run in the same images.
        seed: Seed of the exchange that gives `chance`.
        labels: int `(images,)`, categories within which images are exchanged,
            so that filters that know the category alone are like chance; None
            for one category.

    Returns:
        The pairs, as many as the run with fewer live filters has.

    Raises:
        InputError: If the numbers of images differ.

    Source:
        Kuhn 1955, the Hungarian method, by
        `scipy.optimize.linear_sum_assignment`.
    """
    if len(one.strengths) != len(other.strengths):
        raise InputError(
            "`one` and `other` must be peaks of the same images, received "
            f"{len(one.strengths)} and {len(other.strengths)} images."
        )
    live = [np.flatnonzero(peaks.live) for peaks in (one, other)]
    images = np.arange(len(one.strengths))
    first, second = one.chosen(images, live[0]), other.chosen(images, live[1])
    rows, columns, similarity = _pairs(first, second)
    if labels is None:
        labels = np.zeros(len(images), int)
    exchanged = exchanged_images(labels, np.random.default_rng(seed))
    mixed = second.chosen(exchanged, np.arange(second.filters))
    return FilterStability(
        pairs=np.stack([live[0][rows], live[1][columns]], axis=1),
        similarity=similarity,
        value=_mean(similarity),
        chance=_mean(_pairs(first, mixed)[2]),
    )


def _pairs(
    one: FilterPeaks, other: FilterPeaks
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    similarity = filter_likeness(one, other)
    rows, columns = optimize.linear_sum_assignment(similarity, maximize=True)
    return rows, columns, similarity[rows, columns]


def filter_likeness(one: FilterPeaks, other: FilterPeaks) -> np.ndarray:
    """Returns the similarity of all pairs, see `filter_stability`.

    Every sum over the images that fire both is one matrix product.

    Args:
        one: Peaks of some filters.
        other: Peaks of others, or of the same, in the same images.

    Returns:
        float64 `(filters, other filters)`, in [-1, 1].
    """
    fires, fires_too = one.fires.astype(float), other.fires.astype(float)
    both = fires.T @ fires_too
    either = len(fires) - (1 - fires).T @ (1 - fires_too)
    count = np.maximum(both, 1)
    cross = spread = spread_too = 0.0
    for axis in range(2):
        # Centered: less is lost when the expanded squares cancel.
        a, b = (
            np.where(peaks.fires, peaks.positions[..., axis] - 0.5, 0.0).astype(
                np.float64
            )
            for peaks in (one, other)
        )
        total, total_too = a.T @ fires_too, fires.T @ b
        cross = cross + a.T @ b - total * total_too / count
        spread = spread + (a**2).T @ fires_too - total**2 / count
        spread_too = spread_too + fires.T @ b**2 - total_too**2 / count
    scale = np.sqrt(np.maximum(spread, 0) * np.maximum(spread_too, 0))
    moves = scale > 1e-9 * count
    correlation = np.where(moves, cross / np.where(moves, scale, 1.0), 0.0)
    return correlation * both / np.maximum(either, 1)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
