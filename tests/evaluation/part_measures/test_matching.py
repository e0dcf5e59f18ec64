"""One part for each landmark."""

import numpy as np
import pytest

from tf_explainer.evaluation.part_measures.matching import (
    MatchedParts,
    largest_share,
)
from tf_explainer.evaluation.peaks import LocatedPeaks


@pytest.fixture
def splits(made_points, made_parts):
    """Maker of both splits from what each part follows."""

    def make(follows, noise=0.0, landmarks=3, hidden=0.0, images=40):
        return [
            LocatedPeaks(
                made_parts(points, follows, noise, seed).peaks,
                points,
                np.zeros(len(points), int),
            )
            for seed in (0, 1)
            for points in [made_points(images, landmarks, seed, hidden)]
        ]

    return make


def test_perfect_parts(splits):
    """Each is matched to its landmark, though it lies beside it."""
    matched = MatchedParts.of(*splits([2, 0, 1], hidden=0.2))
    assert matched.skill.landmark.tolist() == [2, 0, 1]
    assert matched.value == pytest.approx(1)
    assert matched.found == matched.landmarks == 3


def test_permuted_parts_change_nothing(splits):
    """The value is the same, and the names go along."""
    train, test = splits([0, 1, 2, -1], noise=0.1)
    order = [3, 1, 0, 2]
    everything = np.arange(40)
    found = MatchedParts.of(train, test)
    permuted = MatchedParts.of(
        *(one.chosen(everything, order) for one in (train, test))
    )
    assert permuted.value == pytest.approx(found.value)
    np.testing.assert_array_equal(permuted.named, found.named[order])


def test_a_constant_is_worth_nothing(splits):
    """Parts that never move are matched to no landmark."""
    matched = MatchedParts.of(*splits([-1, -1, -1]))
    assert (matched.value, matched.found) == (0, 0)
    assert matched.skill.landmark.tolist() == [-1, -1, -1]


def test_collapsed_parts_find_one_landmark(splits):
    """All on the first one: a third, however many they are."""
    train, test = splits([0, 0, 0, 0, 0])
    matched = MatchedParts.of(train, test)
    assert matched.value == pytest.approx(1 / 3, abs=0.05)
    assert matched.found == 1 and (matched.named == 0).sum() == 1
    assert largest_share(train, test) == 1


def test_the_sum_is_what_is_largest(splits):
    """A part gives way to another where that costs less."""
    train, test = splits([0, 0, 1], noise=0.02, landmarks=2)
    matched = MatchedParts.of(train, test)
    assert matched.skill.landmark[2] == 1
    assert sorted(matched.skill.landmark[:2]) == [-1, 0]
    assert largest_share(train, test) == pytest.approx(2 / 3)


def test_skill_by_its_definition(splits):
    """Offset and mean place from `train`, errors from `test`."""
    train, test = splits([0], noise=0.05, landmarks=1)
    matched = MatchedParts.of(train, test)
    truth, place = (
        [one.landmarks[:, 0] for one in (train, test)],
        [one.peaks.positions[:, 0] for one in (train, test)],
    )
    offset = (truth[0] - place[0]).mean(axis=0)
    error = ((truth[1] - place[1] - offset) ** 2).sum()
    constant = ((truth[1] - truth[0].mean(axis=0)) ** 2).sum()
    assert matched.value == pytest.approx(1 - error / constant, abs=1e-5)


def test_below_a_fifth_a_part_has_no_name(splits):
    """Matched, and not called so."""
    train, test = splits([0], noise=0.22, landmarks=1, images=2000)
    matched = MatchedParts.of(train, test)
    assert matched.skill.landmark.tolist() == [0]
    assert 0 < matched.value < 0.2 and matched.named.tolist() == [-1]


def test_interval_holds_the_value(splits):
    """By images, with the match held."""
    train, test = splits([0, 1], noise=0.1, hidden=0.1)
    matched = MatchedParts.of(train, test)
    low, high = matched.interval(test, 200)
    assert low < matched.value < high


def test_nothing_to_measure(splits, made_points, made_parts):
    """No landmarks, or parts that are never there."""
    none = splits([-1, -1], landmarks=0)
    assert np.isnan(MatchedParts.of(*none).value)
    assert np.isnan(MatchedParts.of(*none).interval(none[1], 10)).all()
    assert np.isnan(largest_share(*none))
    hidden = splits([0], hidden=1.0)
    shown = [one.with_peaks(hidden[0].peaks) for one in splits([0])]
    assert MatchedParts.of(*shown).value == 0
    assert np.isnan(largest_share(*shown))
