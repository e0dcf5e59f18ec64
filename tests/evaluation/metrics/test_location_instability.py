"""Location instability: by hand, by plain loops, and what cannot move it."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

from tf_explainer.evaluation.metrics.location import (
    filter_location_instability,
    location_instability,
)


def test_by_hand(located):
    """Distances 0.3, 0.4, 0.5: std 0.1, over the diagonal sqrt(2)."""
    found = located(
        [[[0.0, 0.0]]] * 3, [[[0.3, 0.0]], [[0.0, 0.4]], [[0.3, 0.4]]]
    )
    value = location_instability(found, found)
    np.testing.assert_allclose(value, 0.1 / 2**0.5, rtol=1e-6)


def test_peak_that_moves_with_the_part_is_steady(scattered):
    """A constant offset gives 0, wherever the part goes."""
    found = scattered(40, 1, 1, hidden=0, silent=0)
    peaks = type(found.peaks)(found.landmarks + 0.1, found.peaks.strengths)
    value = location_instability(found, found.with_peaks(peaks))
    np.testing.assert_allclose(value, 0, atol=1e-7)


def test_only_images_of_the_filters_category(located):
    """The filter is stronger on category 1; category 0 does not count."""
    found = located(
        [[[0.0, 0.0]]] * 4,
        [[[0.0, 0.9]], [[0.0, 0.1]], [[0.0, 0.2]], [[0.0, 0.4]]],
        labels=[0, 0, 1, 1],
        strengths=[[1.0], [1.0], [2.0], [2.0]],
    )
    expected = np.std([0.2, 0.4], ddof=1) / 2**0.5
    np.testing.assert_allclose(
        filter_location_instability(found), [expected], rtol=1e-6
    )


def test_background_is_no_category_of_a_filter(located):
    """Images without landmarks cannot take a filter out of the mean."""
    hidden = [[np.nan, np.nan]]
    found = located(
        [[[0.0, 0.0]]] * 4,
        [[[0.0, 0.2]], [[0.0, 0.4]], hidden, hidden],
        labels=[0, 0, 1, 1],
        strengths=[[1.0], [1.0], [9.0], [9.0]],
    )
    expected = np.std([0.2, 0.4], ddof=1) / 2**0.5
    np.testing.assert_allclose(
        filter_location_instability(found), [expected], rtol=1e-6
    )


def test_takes_the_100_strongest_peaks(located):
    """The 101st image is far off and weak: it changes nothing."""
    distance = np.linspace(0, 0.5, 100)
    landmarks = np.zeros((101, 1, 2))
    landmarks[:100, 0, 1] = distance
    landmarks[100, 0] = 1.0
    strengths = np.linspace(2, 1, 101)[:, None]
    order = np.random.default_rng(0).permutation(101)
    found = located(
        np.zeros((101, 1, 2)), landmarks[order], strengths=strengths[order]
    )
    np.testing.assert_allclose(
        filter_location_instability(found),
        [np.std(distance, ddof=1) / 2**0.5],
        rtol=1e-6,
    )


def test_hidden_landmarks_and_silent_images_do_not_count(located):
    """Two pairs remain for the first landmark, one for the second."""
    nan = np.nan
    found = located(
        [[[0.0, 0.0]], [[0.0, 0.0]], [[nan, nan]], [[0.0, 0.0]]],
        [
            [[0.0, 0.2], [0.0, 0.5]],
            [[0.0, 0.4], [nan, nan]],
            [[0.0, 0.9], [0.0, 0.1]],
            [[nan, nan], [nan, nan]],
        ],
    )
    expected = np.std([0.2, 0.4], ddof=1) / 2**0.5
    np.testing.assert_allclose(
        filter_location_instability(found), [expected], rtol=1e-6
    )


def test_dead_filters_are_left_out(located):
    """A filter firing on 2 of 300 images does not enter the mean."""
    positions = np.full((300, 2, 2), np.nan)
    positions[:, 0] = 0.0
    positions[:2, 1] = 0.5
    landmarks = np.zeros((300, 1, 2))
    landmarks[:, 0, 0] = np.linspace(0, 1, 300)
    found = located(positions, landmarks)
    steady, dead = filter_location_instability(found)
    assert steady != dead
    np.testing.assert_allclose(location_instability(found, found), steady)


@pytest.mark.parametrize("landmarks", [0, 2])
def test_nothing_to_measure_is_nan(located, landmarks):
    """No landmark, or none visible."""
    found = located(np.zeros((3, 2, 2)), np.full((3, landmarks, 2), np.nan))
    assert np.isnan(location_instability(found, found))


def by_loops(found):
    """The definition, written out image by image."""
    peaks, visible = found.peaks, found.visible
    labels = [k for k in range(3) if visible[found.labels == k].any()]
    values = []
    for index in range(peaks.filters):
        strengths = peaks.strengths[:, index]
        category = max(
            labels, key=lambda k: strengths[found.labels == k].mean()
        )
        spreads = []
        for landmark in range(visible.shape[1]):
            images = [
                i
                for i in range(len(strengths))
                if found.labels[i] == category
                and visible[i, landmark]
                and strengths[i] > 0
            ]
            images = sorted(images, key=lambda i: -strengths[i])[:100]
            offsets = (
                peaks.positions[images, index]
                - found.landmarks[images, landmark]
            )
            if len(images) >= 2:
                distance = np.hypot(offsets[:, 0], offsets[:, 1]) / 2**0.5
                spreads.append(np.std(distance, ddof=1))
        values.append(np.mean(spreads) if spreads else np.nan)
    return values


@pytest.mark.parametrize("images", [6, 700])
def test_equals_plain_loops(scattered, images):
    """Vectorized and written out agree, few images and more than 100."""
    found = scattered(images, 9, 4, hidden=0.5, silent=0.4)
    np.testing.assert_allclose(
        filter_location_instability(found), by_loops(found), rtol=1e-5
    )


@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(
    seed=strategies.integers(0, 99),
    row=strategies.floats(-1, 1),
    column=strategies.floats(-1, 1),
)
def test_shift_and_mirror_change_nothing(scattered, seed, row, column):
    """Only distances count: moving or mirroring everything is free."""
    found = scattered(12, 3, 2, seed=seed)
    move = np.array([row, column], np.float32)
    mirror = np.array([1, -1], np.float32)
    peaks = type(found.peaks)(
        mirror * found.peaks.positions + move, found.peaks.strengths
    )
    moved = type(found)(peaks, mirror * found.landmarks + move, found.labels)
    np.testing.assert_allclose(
        filter_location_instability(moved),
        filter_location_instability(found),
        atol=1e-5,
    )
