"""Two made runs, side by side."""

import dataclasses
import json

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.comparison import compare
from tf_explainer.evaluation.observation import Observation


@pytest.fixture(scope="module")
def worse(observation) -> Observation:
    """The same run with the peaks of interp_1 and three more mistakes."""
    splits = {
        name: dataclasses.replace(
            split, peaks={**split.peaks, "interp_2": split.peaks["interp_1"]}
        )
        for name, split in observation.splits.items()
    }
    scores = observation.scores.copy()
    scores[10:13] = 1 - scores[10:13]
    return dataclasses.replace(observation, splits=splits, scores=scores, p=0.5)


def test_worse_is_told(observation, worse):
    """Skill falls clearly, accuracy by 3 of 60."""
    found = compare(observation, worse)
    skill = found["paired"]["skill"]
    assert skill["interval"][1] < 0 and skill["p_value"] < 0.01
    accuracy = found["paired"]["accuracy"]
    np.testing.assert_allclose(accuracy["difference"], -3 / 60)
    # Three exchanged pairs: 2 of 8 signs are as extreme.
    np.testing.assert_allclose(accuracy["p_value"], 0.25, atol=0.05)
    assert found["plain"]["p"] == {"one": 0.75, "other": 0.5}
    assert found["plain"]["coverage"]["one"] == 3
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_same_run(observation):
    """Nothing differs, and every filter is found again."""
    found = compare(observation, observation)
    assert all(
        row["difference"] == 0 and row["p_value"] == 1
        for row in found["paired"].values()
    )
    np.testing.assert_allclose(found["stability"]["value"], 1, atol=1e-6)
    assert found["stability"]["chance"] < 0.6


def test_other_images_are_refused(observation, made_observation):
    """A pair needs one image."""
    with pytest.raises(InputError, match="same test images"):
        compare(observation, made_observation(images=50))


def test_without_landmarks(made_observation):
    """Accuracy and stability remain."""
    bare = made_observation(landmark_names=())
    found = compare(bare, bare)
    assert set(found["paired"]) == {"accuracy", "agreement"}
    assert "stability" in found
