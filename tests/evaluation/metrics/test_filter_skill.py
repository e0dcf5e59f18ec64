"""Skill: by hand, by plain loops, and against what a constant can do."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies

from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.evaluation.peaks import FilterPeaks


def test_by_hand(located):
    """Landmarks 0.2 and 0.6, peaks 0.1 and 0.5, tested with one miss.

    Offset 0.1, constant 0.4. On `test` the landmarks are 0.3 and 0.8, the
    predictions 0.3 and 0.7: errors 0 and 0.01 beside 0.01 and 0.16.
    """
    train = located([[[0.1, 0]], [[0.5, 0]]], [[[0.2, 0]], [[0.6, 0]]])
    test = located([[[0.2, 0]], [[0.6, 0]]], [[[0.3, 0]], [[0.8, 0]]])
    result = filter_skill(train, test)
    np.testing.assert_allclose(result.train, [1.0], atol=1e-6)
    np.testing.assert_allclose(result.test, [1 - 0.01 / 0.17], rtol=1e-5)
    np.testing.assert_allclose(result.offset, [[0.1, 0]], atol=1e-6)
    np.testing.assert_allclose(result.constant, [[0.4, 0]], atol=1e-6)


def test_perfect_filter_has_skill_one(scattered):
    """A peak with a constant offset to the part finds it always."""
    train, test = (
        follow(scattered(30, 1, 1, seed=seed, hidden=0, silent=0), 0.2)
        for seed in (1, 2)
    )
    np.testing.assert_allclose(filter_skill(train, test).test, [1], atol=1e-6)


def test_constant_peak_has_skill_zero(scattered):
    """A peak that never moves predicts the mean, in any place."""
    train, test = (
        still(scattered(30, 4, 3, seed=seed, silent=0)) for seed in (1, 2)
    )
    result = filter_skill(train, test)
    np.testing.assert_allclose(result.test, np.zeros(4), atol=1e-6)
    assert not result.above_constant.any()


@pytest.mark.parametrize("seed", range(5))
def test_rounding_does_not_choose_the_landmark(scattered, seed):
    """A peak that never moves tells all landmarks equally.

    It is given the one that keeps its place best on `train`, so that what a
    constant finds closely is as much as a constant can.
    """
    train, test = (
        still(scattered(30, 4, 3, seed=seed + i, silent=0)) for i in range(2)
    )
    steady = np.nanvar(train.landmarks, axis=0).sum(axis=-1).argmin()
    np.testing.assert_array_equal(filter_skill(train, test).landmark, steady)


def test_silence_gains_nothing(located):
    """Right where it fires, the constant where it is silent.

    Landmarks 0.2, 0.6 train; the filter is silent on the second test image,
    so its error there is the constant's.
    """
    nan = np.nan
    train = located([[[0.2, 0]], [[0.6, 0]]], [[[0.2, 0]], [[0.6, 0]]])
    test = located([[[0.3, 0]], [[nan, nan]]], [[[0.3, 0]], [[0.8, 0]]])
    expected = 1 - 0.16 / (0.01 + 0.16)
    np.testing.assert_allclose(
        filter_skill(train, test).test, [expected], rtol=1e-5
    )


def test_always_silent_filter_has_skill_zero_and_is_not_live(located):
    """Nothing but the constant is left, and no mean counts it."""
    landmarks = [[[0.1, 0.2]], [[0.5, 0.9]], [[0.3, 0.3]]]
    found = located(np.full((3, 1, 2), np.nan), landmarks)
    result = filter_skill(found, found)
    np.testing.assert_allclose(result.test, [0], atol=1e-12)
    assert not result.measured.any()


def test_silent_on_train_only_gains_nothing(located):
    """Without an offset the constant is the only prediction."""
    landmarks = [[[0.1, 0.2]], [[0.5, 0.9]]]
    train = located(np.full((2, 1, 2), np.nan), landmarks)
    test = located(landmarks, landmarks)
    result = filter_skill(train, test)
    np.testing.assert_allclose(result.test, [0], atol=1e-12)


def test_landmark_is_chosen_on_train(scattered):
    """It stays the train choice even if another is perfect on `test`."""
    train = follow(scattered(50, 1, 2, seed=3, hidden=0, silent=0), 0.1)
    test = scattered(50, 1, 2, seed=4, hidden=0, silent=0)
    test = test.with_peaks(
        FilterPeaks(test.landmarks[:, 1:], test.peaks.strengths)
    )
    result = filter_skill(train, test)
    assert result.landmark.tolist() == [0]
    assert result.test[0] < 0


@pytest.mark.parametrize("side", ["train", "test"])
def test_landmark_seen_once_is_left_out(scattered, side):
    """The other landmark is chosen, though this one would fit better."""
    splits = {
        name: follow(scattered(20, 1, 2, hidden=0, silent=0), 0.1)
        for name in ("train", "test")
    }
    splits[side].landmarks[1:, 0] = np.nan
    result = filter_skill(splits["train"], splits["test"])
    assert result.landmark.tolist() == [1]


def test_no_landmarks_is_unmeasured(located):
    """NaN, -1, no error."""
    found = located(np.zeros((3, 2, 2)), np.zeros((3, 0, 2)))
    result = filter_skill(found, found)
    assert result.landmark.tolist() == [-1, -1]
    assert np.isnan(result.test).all()
    assert not result.measured.any()


@pytest.mark.parametrize("seed", range(3))
def test_equals_plain_loops(scattered, seed):
    """Matrix products and the definition, image by image, agree."""
    train = scattered(25, 5, 3, seed=seed)
    test = scattered(30, 5, 3, seed=seed + 50)
    result = filter_skill(train, test)
    for index in range(5):
        values = [by_loops(train, train, index, k) for k in range(3)]
        best = int(np.argmax(values))
        assert result.landmark[index] == best
        np.testing.assert_allclose(result.train[index], values[best], rtol=1e-4)
        np.testing.assert_allclose(
            result.test[index], by_loops(train, test, index, best), rtol=1e-4
        )


@hypothesis.settings(max_examples=25, deadline=None)
@hypothesis.given(
    seed=strategies.integers(0, 99),
    scale=strategies.floats(0.1, 3),
    shift=strategies.floats(-1, 1),
)
def test_scale_and_shift_change_nothing(scattered, seed, scale, shift):
    """The measure is a ratio of squares: units and origin are free."""
    plain = [scattered(15, 4, 2, seed=seed + side) for side in (0, 1)]
    moved = [
        type(one)(
            FilterPeaks(
                scale * one.peaks.positions + shift, one.peaks.strengths
            ),
            scale * one.landmarks + shift,
            one.labels,
        )
        for one in plain
    ]
    np.testing.assert_allclose(
        filter_skill(*moved).test, filter_skill(*plain).test, atol=1e-3
    )


def follow(found, offset):
    """Every filter fires at the first landmark plus `offset`."""
    strengths = found.peaks.strengths
    positions = np.broadcast_to(
        found.landmarks[:, :1] + offset, (*strengths.shape, 2)
    )
    return found.with_peaks(FilterPeaks(positions, strengths))


def still(found):
    """Every filter fires at one place of its own, always."""
    strengths = found.peaks.strengths
    places = np.linspace(0, 1, 2 * strengths.shape[1]).reshape(-1, 2)
    positions = np.broadcast_to(places, (*strengths.shape, 2))
    return found.with_peaks(FilterPeaks(positions, strengths))


def by_loops(train, split, index, landmark):
    """Skill of one filter on one landmark, from the definition."""
    seen = train.visible[:, landmark]
    constant = train.landmarks[seen, landmark].mean(axis=0)
    both = seen & train.peaks.fires[:, index]
    offset = np.mean(
        train.landmarks[both, landmark] - train.peaks.positions[both, index],
        axis=0,
    )
    error = base = 0.0
    for image in np.flatnonzero(split.visible[:, landmark]):
        point = split.landmarks[image, landmark]
        guess = constant
        if split.peaks.fires[image, index]:
            guess = split.peaks.positions[image, index] + offset
        error += float(((point - guess) ** 2).sum())
        base += float(((point - constant) ** 2).sum())
    return 1 - error / base
