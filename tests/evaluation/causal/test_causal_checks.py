"""Claims on a score whose parts are known."""

import dataclasses
import importlib

import numpy as np
import pytest

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal.drawn_cases import DrawnCases, _shift
from tf_explainer.evaluation.causal.score_changes import ScoreChanges
from tf_explainer.evaluation.observation import UNTRAINED

# The package offers the function by the module's name.
module = importlib.import_module("tf_explainer.evaluation.causal.checks")
# A category's score is a weighted sum of the visible areas of its parts.
WEIGHTS = np.random.default_rng(0).uniform(-1, 2, (2, len(PART_NAMES)))


def _areas(part_maps):
    parts = np.arange(1, len(PART_NAMES) + 1)
    return (part_maps[:, :, :, None] == parts).sum(axis=(1, 2))


class Claims:
    """Who knows the score, who has it upside down, who knows nothing."""

    def names(self):
        """Three claims."""
        return ["true", "false", "none"]

    def get(self, name):
        """A function of what is asked to the parts' shares."""

        def claim(claimed):
            shares = WEIGHTS[claimed.categories] * _areas(claimed.part_maps)
            return {"true": 1, "false": -1, "none": 0}[name] * shares

        return claim


@pytest.fixture(scope="module")
def found():
    """The rank correlations of the three claims."""
    cases = DrawnCases.draw(("horse", "bird"), 6, 48, seed=1)
    labels = cases.labels[cases.image]
    index = np.arange(len(labels))
    whole = _areas(cases.part_maps) @ WEIGHTS.T
    lost = _areas(cases.part_maps)[cases.image, cases.part][:, None]
    removed = whole[cases.image] - lost * WEIGHTS[:, cases.part].T
    pasted = _areas(cases.pasted_maps) @ WEIGHTS.T
    assert removed.shape == pasted.shape == (len(index), 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CLAIMS", Claims())
        asked = dict.fromkeys(
            ("explainer", "untrained", "standing", "untrained_standing")
        )
        measured = ScoreChanges.of(cases, whole, removed, pasted)
        return {
            **module._claims(cases, asked, measured, 4),
            "itself": measured.correlations(measured, cases),
        }


def test_who_knows_the_score_is_right(found):
    """Its order of the parts is exactly that of what they cost."""
    assert found["true"]["by_image"] == pytest.approx(1)
    assert found["true"]["by_category"] == pytest.approx(1)
    # Exchanging a part also covers and uncovers its neighbors.
    assert found["true"]["pasted"] > 0.6


def test_a_score_that_loses_the_same_is_right(found):
    """Also where parts are exchanged."""
    for name in ("by_image", "by_category", "pasted"):
        assert found["itself"][name] == pytest.approx(1)


def test_who_has_it_upside_down_is_wrong(found):
    """The same numbers with the other sign."""
    for name in ("by_image", "by_category", "pasted"):
        assert found["false"][name] == pytest.approx(-found["true"][name])


def test_who_says_nothing_has_no_number(found):
    """A claim without a difference has no order, good or bad."""
    assert found["none"] == {}


def test_intervals_are_of_the_images(found):
    """Around the mean; of no width where every image says the same."""
    low, high = found["true"]["pasted_interval"]
    assert low <= found["true"]["pasted"] <= high and low < high
    assert found["true"]["by_image_interval"] == pytest.approx([1, 1])


TAIL, HEAD = PART_NAMES.index("tail"), PART_NAMES.index("head")


def _unlucky(split, peaks):
    """The split, before training with these peaks."""
    return dataclasses.replace(split, peaks=split.peaks | {UNTRAINED: peaks})


@pytest.fixture(scope="module")
def lucky_on_train(made_observation):
    """Untrained filters tell their landmark on `train`, and not on `test`.

    The landmarks are not in the order of the parts, and one is no part.
    """
    made = made_observation(landmark_names=("tail", "left wheel", "head"))
    train, test = (made.splits[name] for name in ("train", "test"))
    mixed = test.peaks["interp_2"].chosen(np.arange(60)[::-1], np.arange(7))
    splits = {
        "train": _unlucky(train, train.peaks["interp_2"]),
        "test": _unlucky(test, mixed),
    }
    return dataclasses.replace(made, splits=splits)


def test_filters_stand_for_parts_by_name(lucky_on_train):
    """Landmark 0 is the tail; the wheel is no part, the last one is dead."""
    found = module._standing(lucky_on_train, "interp_2")
    assert found.tolist() == [TAIL, TAIL, TAIL, -1, -1, HEAD, -1]


def test_untrained_filters_need_not_be_better_than_a_constant(lucky_on_train):
    """None of them is; they stand for what they told best on `train`."""
    gated = module._standing(lucky_on_train, UNTRAINED)
    assert gated.tolist() == [-1] * 7
    found = module._told_best(lucky_on_train, UNTRAINED)
    assert found.tolist() == [TAIL, TAIL, TAIL, -1, -1, HEAD, -1]


def test_parts_near_the_border_are_moved_inwards():
    """From any place the new one lies in the image, a tenth away or more."""
    generator = np.random.default_rng(0)
    for place in generator.uniform(0, 1, (300, 2)):
        way = _shift(place, generator)
        assert 0.1 <= np.linalg.norm(way) <= 0.25
        end = place + way
        inside = (place > 0.1) & (place < 0.9)
        assert ((end >= 0.1) & (end <= 0.9))[inside].all()
        assert (np.abs(end - 0.5) < np.abs(place - 0.5))[~inside].all()
