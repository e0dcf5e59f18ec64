"""Coverage by hand."""

import numpy as np

from tf_explainer.evaluation.metrics.parts import coverage
from tf_explainer.evaluation.peaks import FilterPeaks


def follow(found, landmarks, noise=0.0, seed=0):
    """Filters that fire at the given landmarks, with scatter."""
    scatter = np.random.default_rng(seed).normal(
        0, noise or 1e-9, (len(found.labels), len(landmarks), 2)
    )
    positions = (found.landmarks[:, landmarks] + scatter).astype(np.float32)
    return found.with_peaks(FilterPeaks(positions, np.ones(scatter.shape[:2])))


def test_head_finders_cover_one_part(scattered):
    """Five filters on one landmark count once, two on two twice."""
    found = scattered(60, 1, 4, hidden=0)
    for landmarks, expected in (([0] * 5, 1), ([0, 2], 2), ([3, 1, 2], 3)):
        located = follow(found, landmarks)
        assert coverage(located, located) == expected


def test_weak_filters_cover_nothing(scattered):
    """Skill must reach 0.2 on `test`, however good it was on `train`."""
    found = scattered(60, 1, 4, hidden=0)
    good, bad = follow(found, [0, 1]), follow(found, [0, 1], noise=0.4)
    assert coverage(good, bad) == 0
    assert coverage(good, good) == 2


def test_best_on_train_decides(scattered):
    """A second filter that is lucky on `test` does not save the part."""
    found = scattered(60, 1, 2, hidden=0)
    train = follow(found, [0, 0])
    blurred = follow(found, [0], noise=0.02, seed=3).peaks.positions
    train.peaks.positions[:, 1] = blurred[:, 0]
    test = follow(found, [0, 0])
    test.peaks.positions[:, 0] = follow(
        found, [0], noise=0.4, seed=1
    ).peaks.positions[:, 0]
    assert coverage(train, test) == 0


def test_nothing_to_measure(located):
    """Without landmarks there is no count."""
    found = located(np.zeros((3, 2, 2)), np.zeros((3, 0, 2)))
    assert np.isnan(coverage(found, found))
