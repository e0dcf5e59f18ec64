"""Which filters a gallery shows."""

import numpy as np

from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.visualization.filter_rows import filter_rows


def test_parts_take_turns(observation):
    """Best of each part first, then the second of each."""
    rows = filter_rows(observation)
    assert len(rows) == 6
    assert {row.name for row in rows[:3]} == {"head", "legs", "tail"}
    assert sorted(row.name for row in rows[3:5]) == ["head", "legs"]
    assert rows[5].name == "head"
    result = filter_skill(*observation.located("interp_2"))
    for row in rows:
        assert row.landmark == result.landmark[row.filter]
        assert row.skill == result.test[row.filter]


def test_images_that_fire_it_most(observation):
    """Strongest first, no more than asked for."""
    strengths = observation.splits["test"].peaks["interp_2"].strengths
    for row in filter_rows(observation, images=4):
        expected = np.sort(strengths[:, row.filter])[::-1][:4]
        np.testing.assert_array_equal(
            strengths[list(row.images), row.filter], expected
        )


def test_without_landmarks_the_strongest(made_observation):
    """No part, no skill; dead filters never."""
    bare = made_observation(landmark_names=())
    rows = filter_rows(bare, filters=20)
    assert [row.landmark for row in rows] == [None] * 6
    strengths = bare.splits["test"].peaks["interp_2"].strengths.mean(axis=0)
    shown = [strengths[row.filter] for row in rows]
    assert shown == sorted(shown, reverse=True)
    assert rows[0].title == f"filter {rows[0].filter}"


def test_silent_images_are_left_out(made_observation):
    """A filter that fires on 3 images has a row of 3."""
    sparse = made_observation()
    peaks = sparse.splits["test"].peaks["interp_2"]
    peaks.strengths[3:] = 0
    peaks.positions[3:] = np.nan
    assert {len(row.images) for row in filter_rows(sparse)} == {3}
