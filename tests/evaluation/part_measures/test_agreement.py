"""Winners at landmarks against the landmarks."""

import math

import numpy as np
import pytest

from tf_explainer.evaluation.part_measures.agreement import (
    agreement_intervals,
    label_agreement,
    landmark_agreement,
)
from tf_explainer.evaluation.part_measures.observed import ObservedParts


def of_winners(winners):
    """Parts of which only the winners matter."""
    winners = np.asarray(winners, np.int16)
    nothing = np.zeros((len(winners), 4), np.float32)
    return ObservedParts(
        np.zeros((len(winners), 4, 2), np.float32), nothing, winners
    )


def by_definition(table):
    """NMI and ARI of a table of counts, from their formulas."""
    table = np.asarray(table, float)
    share = table / table.sum()
    rows, columns = share.sum(axis=1), share.sum(axis=0)

    def entropy(shares):
        return -sum(one * math.log(one) for one in shares if one)

    mutual = entropy(rows) + entropy(columns) - entropy(share.ravel())
    nmi = 2 * mutual / (entropy(rows) + entropy(columns))

    def pairs(counts):
        return float((counts * (counts - 1) / 2).sum())

    of_rows, of_columns = pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    chance = of_rows * of_columns / pairs(table.sum())
    most = (of_rows + of_columns) / 2
    ari = (pairs(table) - chance) / (most - chance)
    return {"nmi": 100 * nmi, "ari": 100 * ari}


def test_against_the_formulas():
    """Seven places, told in part."""
    truth = np.array([0, 0, 0, 1, 1, 1, 1])
    found = np.array([5, 5, 2, 2, 2, 2, 9])
    expected = by_definition([[2, 1, 0], [0, 3, 1]])
    assert label_agreement(truth, found) == pytest.approx(expected)


def test_perfect_parts():
    """Each landmark has its own winner; the hidden ones do not count."""
    parts = of_winners([[3, 0, 4], [3, -1, 4], [-1, 0, 4]])
    found = landmark_agreement(parts)
    assert found == pytest.approx({"nmi": 100, "ari": 100, "ami": 100})


def test_names_of_parts_do_not_matter():
    """Permuted parts, and the background as one of them, change nothing."""
    generator = np.random.default_rng(0)
    winners = generator.integers(0, 5, (30, 3))
    permuted = generator.permutation(5)[winners]
    found, again = map(landmark_agreement, map(of_winners, (winners, permuted)))
    assert found == pytest.approx(again)


@pytest.mark.parametrize("winner", [0, 4])
def test_one_winner_everywhere_tells_nothing(winner):
    """A part that covers all, or no part at all."""
    found = landmark_agreement(of_winners(np.full((9, 3), winner)))
    assert found == pytest.approx({"nmi": 0, "ari": 0, "ami": 0}, abs=1e-9)


def test_chance_is_taken_off():
    """Random winners of few places have an NMI, and hardly ARI or AMI."""
    winners = np.random.default_rng(0).integers(0, 5, (40, 3))
    found = landmark_agreement(of_winners(winners))
    assert found["nmi"] > 1
    assert abs(found["ari"]) < 4 and abs(found["ami"]) < 4


def test_one_landmark_is_left_out():
    """Nothing to tell apart: one part everywhere would be perfect."""
    for winners in (np.zeros((5, 1)), np.full((5, 2), -1)):
        assert landmark_agreement(of_winners(winners)) == {}
        assert agreement_intervals(of_winners(winners)) == {}


def test_intervals_hold_their_number():
    """Around what is found, and of no width for perfect parts."""
    generator = np.random.default_rng(1)
    winners = np.tile([0, 1, 2], (60, 1))
    sure = agreement_intervals(of_winners(winners))
    assert sure["nmi_interval"] == pytest.approx([100, 100])
    flipped = generator.random(winners.shape) < 0.2
    parts = of_winners(np.where(flipped, 3, winners))
    found, ends = landmark_agreement(parts), agreement_intervals(parts)
    for name in ("nmi", "ari"):
        low, high = ends[f"{name}_interval"]
        assert low < found[name] < high
