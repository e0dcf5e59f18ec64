"""Landmarks from the places of all parts."""

import numpy as np
import pytest

from tf_explainer.evaluation.part_measures.regression import regression_error
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks


def make(points, positions):
    """Parts at some places; NaN absent."""
    positions = np.asarray(positions, np.float32)
    there = ~np.isnan(positions[..., 0])
    peaks = FilterPeaks(positions, there.astype(np.float32))
    return LocatedPeaks(peaks, points, np.zeros(len(points), int))


@pytest.fixture(scope="module")
def splits(made_points):
    """Landmarks of both splits, some hidden."""
    return [made_points(80, 2, seed, hidden=0.1) for seed in (0, 1)]


def test_a_linear_function_is_told(splits, made_points):
    """Two landmarks from three parts that mix them."""
    whole = [made_points(80, 2, seed) for seed in (0, 1)]
    mix = np.array([[0.5, 0.5], [0.2, 0.8], [0.9, -0.3]])
    found = [
        make(points, np.einsum("kl,nlc->nkc", mix, full))
        for points, full in zip(splits, whole, strict=True)
    ]
    assert regression_error(*found) < 0.01


def test_a_constant_tells_the_mean_place(splits):
    """Exactly: the weights have nothing to go by."""
    found = [make(points, np.full((80, 3, 2), 0.4)) for points in splits]
    assert regression_error(*found) == pytest.approx(1)


def test_absent_parts_are_at_their_mean_place(splits):
    """A part that is never there tells nothing; one at times, something."""
    never = [make(points, np.full((80, 2, 2), np.nan)) for points in splits]
    assert regression_error(*never) == pytest.approx(1)
    # A hidden landmark's part is absent, too.
    often = [make(points, points) for points in splits]
    assert regression_error(*often) < 0.4


def test_noise_is_not_learned(splits):
    """Many parts at random places are hardly worse than the mean."""
    generator = np.random.default_rng(0)
    found = [make(points, generator.random((80, 12, 2))) for points in splits]
    assert 0.95 < regression_error(*found) < 1.1


def test_without_landmarks(made_points):
    """There is no error."""
    points = made_points(5, 0)
    found = make(points, np.zeros((5, 2, 2)))
    assert np.isnan(regression_error(found, found))
