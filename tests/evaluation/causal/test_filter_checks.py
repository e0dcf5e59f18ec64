"""Means over filters, and their intervals."""

import numpy as np
import pytest

from tf_explainer.evaluation.causal.drawn_cases import animal_draws
from tf_explainer.evaluation.causal.filters import filter_checks
from tf_explainer.evaluation.peaks import FilterPeaks

ANIMALS = 40
NAMES = (
    "silence",
    "silence_by_size",
    "silence_like_size",
    "follow",
    "follow_others",
)


def _peaks(positions, strengths=None):
    positions = np.asarray(positions, float)
    if strengths is None:
        strengths = np.ones(positions.shape[:2])
    positions = np.where(strengths[..., None] > 0, positions, np.nan)
    return FilterPeaks(positions, strengths)


@pytest.fixture(scope="module")
def asked(made_cases):
    """A filter of part 0 that follows it in half of the animals.

    Part 0 fills 3 pixels, the others 2 and 4. Another filter of part 0 never
    fires, a third one stands for nothing.
    """
    image, part = np.repeat(np.arange(ANIMALS), 3), np.tile([0, 1, 2], ANIMALS)
    shift = np.tile([0.2, 0.0], (len(part), 1))
    cases = made_cases(image, part, shift, pixels=np.tile([3, 2, 4], ANIMALS))
    fires = np.array([1.0, 0, 1])
    start = np.full((len(part), 3, 2), 0.5)
    end = start.copy()
    end[(part == 0) & (image % 2 == 0), 0, 0] = 0.7
    strengths = np.tile(fires, (len(part), 1))
    weaker = strengths.copy()
    weaker[(part == 0) & (image % 4 > 0), 0] = 0.5
    whole = _peaks(start[:ANIMALS], strengths[:ANIMALS])
    return (
        *(cases, np.array([0, 0, -1]), whole),
        *(_peaks(start, weaker), _peaks(end, strengths)),
    )


def test_numbers_by_hand(asked):
    """Weaker in three of four, a tie in the rest; 2 < 3 < 4 pixels."""
    found = filter_checks(*asked)
    assert {name: found[name] for name in NAMES} == pytest.approx(
        {
            "silence": 0.75 + 0.25 / 2,
            "silence_by_size": 0.5,
            "silence_like_size": 0.75 + 0.25 / 2,
            "follow": 0.5,
            "follow_others": 0,
        }
    )


def test_intervals_are_over_animals(asked):
    """As wide as those of a share of 40, not of 120 cases."""
    found = filter_checks(*asked)
    assert set(found) == {*NAMES, *(f"{name}_interval" for name in NAMES)}
    wide = 1.96 * 0.5 / np.sqrt(ANIMALS)
    ends = [0.5 - wide, 0.5 + wide]
    assert found["follow_interval"] == pytest.approx(ends, abs=0.03)
    low, high = found["silence_interval"]
    half = 1.96 * 0.5 * np.sqrt(0.75 * 0.25 / ANIMALS)
    assert [low, high] == pytest.approx([0.875 - half, 0.875 + half], abs=0.02)
    assert found["silence_by_size_interval"] == pytest.approx([0.5, 0.5])


def test_control_has_its_own_names(asked):
    """The suffix stands before `_interval`; no filter, no number."""
    found = filter_checks(*asked, suffix="_untrained")
    assert found["silence_untrained"] == filter_checks(*asked)["silence"]
    assert "silence_untrained_interval" in found
    cases, standing, *rest = asked
    assert filter_checks(cases, np.full_like(standing, -1), *rest) == {}


def test_draws_of_animals():
    """Once each, then with replacement; one seed one result."""
    draws = animal_draws(7, seed=3)
    np.testing.assert_array_equal(draws[0], 1)
    np.testing.assert_array_equal(draws.sum(axis=1), 7)
    assert len(np.unique(draws[1:], axis=0)) > 500
    np.testing.assert_array_equal(draws, animal_draws(7, seed=3))
    assert not np.array_equal(draws, animal_draws(7, seed=4))
