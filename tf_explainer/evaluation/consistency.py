"""Whether the filters of a layer agree on where things are."""

import numpy as np

from tf_explainer.evaluation import METRICS
from tf_explainer.evaluation.filter_peaks import FilterPeaks
from tf_explainer.evaluation.landmark_skill import landmark_skill
from tf_explainer.evaluation.located_peaks import LocatedPeaks


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
