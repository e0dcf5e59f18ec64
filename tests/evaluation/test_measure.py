"""From an observation to numbers, on a made case with known answers."""

import dataclasses
import json

import numpy as np
import pytest

from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.observation import LAYERS
from tf_explainer.evaluation.result import measure


@pytest.fixture(scope="module")
def numbers(observation):
    """The numbers of the made observation."""
    return measure(observation, seed=0)


def test_accuracies_by_hand(numbers):
    """3 and 6 of 60 are wrong, 3 of them the same: 5 points lost."""
    np.testing.assert_allclose(numbers["performer"]["accuracy"], 57 / 60)
    np.testing.assert_allclose(numbers["explainer"]["accuracy"], 54 / 60)
    np.testing.assert_allclose(numbers["explainer"]["agreement"], 57 / 60)
    np.testing.assert_allclose(numbers["delta_error"], 5.0)


def test_interval_of_delta_error_by_hand(numbers):
    """Three of 60 images differ, all one way: near a binomial of 0.05.

    Its standard error is 2.8 points; draws are counts of 60, so that the
    ends are multiples of 1 / 60.
    """
    low, high = numbers["delta_error_interval"]
    assert low == 0
    np.testing.assert_allclose(high, 100 * 7 / 60, atol=100 / 60 + 1e-9)


def test_copies_what_was_observed(numbers):
    """Counts, p, eta, reconstruction errors."""
    assert numbers["images"] == {"train": 60, "test": 60, "skipped": 1}
    assert (numbers["p"], numbers["eta"]) == (0.75, 0.1)
    assert numbers["reconstruction_error"] == {"fc6": 0.25, "fc7": 0.125}


def test_every_layer_holds_every_metric(numbers, observation):
    """Each number is the metric's own."""
    assert tuple(numbers["layers"]) == LAYERS
    assert numbers["layers"]["interp_2"]["coverage"] == 3
    for layer, found in numbers["layers"].items():
        splits = observation.located(layer)
        for name in METRICS.names():
            assert found[name] == METRICS.get(name)(*splits)
        low, high = found["skill_interval"]
        assert low < found["skill"] < high
        assert (found["filters"], found["alive"]) == (7, 6)


def test_less_noise_more_skill(numbers):
    """The order of the layers is that of the noise put in."""
    skills = [numbers["layers"][layer]["skill"] for layer in LAYERS]
    assert skills == sorted(skills)
    assert skills[-1] > 0.9 and skills[0] < 0


def test_controls(numbers):
    """A constant has skill 0, all five are there."""
    controls = numbers["controls"]
    assert set(controls) == {
        "constant_center",
        "constant_mean",
        "random",
        "shuffled",
        "untrained",
    }
    np.testing.assert_allclose(
        controls["constant_center"]["skill"], 0, atol=1e-6
    )
    assert controls["random"]["skill"] < 0
    assert controls["shuffled"]["skill"] < 0
    assert (
        controls["untrained"]["skill"] < numbers["layers"]["interp_2"]["skill"]
    )


def test_parts_by_hand(numbers):
    """Three, two and one filters follow the landmarks; the dead one none."""
    found = numbers["parts"]["found"]
    assert {name: part["filters"] for name, part in found.items()} == {
        "head": 3,
        "legs": 2,
        "tail": 1,
    }
    assert numbers["parts"]["other"] == 0
    assert found["tail"]["chosen_filter"] == 5
    np.testing.assert_allclose(
        found["tail"]["chosen_skill"], numbers["filters"][5]["skill"]
    )


def test_filters_by_hand(numbers):
    """Each live filter with the landmark that it was made to follow."""
    followed = [row["part"] for row in numbers["filters"]]
    assert followed == ["head"] * 3 + ["legs"] * 2 + ["tail"]
    assert [row["filter"] for row in numbers["filters"]] == list(range(6))
    mean = np.mean([row["skill"] for row in numbers["filters"]])
    np.testing.assert_allclose(mean, numbers["layers"]["interp_2"]["skill"])


def test_useless_filters_are_other_parts(observation):
    """Random peaks stand for no landmark."""
    splits = {
        name: dataclasses.replace(
            split, peaks={**split.peaks, "interp_2": split.peaks["target"]}
        )
        for name, split in observation.splits.items()
    }
    found = measure(dataclasses.replace(observation, splits=splits))["parts"]
    named = sum(part["filters"] for part in found["found"].values())
    assert named + found["other"] == 6
    assert found["other"] >= 4


def test_landmark_called_other(made_observation):
    """A landmark's name cannot overwrite the rest."""
    parts = measure(made_observation(("other", "found", "")))["parts"]
    assert parts["found"]["other"]["filters"] == 3
    assert parts["other"] == 0


def test_no_landmarks_leaves_their_numbers_out(made_observation):
    """Accuracy, p and life remain."""
    numbers = measure(made_observation(landmark_names=()))
    assert "parts" not in numbers and "filters" not in numbers
    assert set(numbers["layers"]["interp_2"]) == {
        "filters",
        "alive",
        "consistency",
    }
    assert set(numbers["controls"]) == {"untrained"}


def test_deterministic_and_json(observation, numbers):
    """The same again, and only plain values."""
    again = json.loads(json.dumps(measure(observation), allow_nan=False))
    assert again == numbers


@pytest.mark.parametrize(
    ("categories", "task"),
    [(("cat", "background"), "single"), (("cat", "dog"), "multi")],
)
def test_task(made_observation, categories, task):
    """One category against background is a task of its own."""
    data = measure(made_observation(categories=categories))["data"]
    assert data == {
        "name": "made animals",
        "task": task,
        "categories": list(categories),
        "landmarks": ["head", "legs", "tail"],
    }
