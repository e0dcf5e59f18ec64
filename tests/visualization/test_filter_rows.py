"""Which filters a gallery shows."""

import numpy as np

from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.visualization.galleries import _row, filter_rows


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


def test_half_of_a_row_shows_the_part(observation):
    """Skill is of those; the other half is what fires the filter most."""
    test = observation.splits["test"]
    for row in filter_rows(observation, images=5):
        strengths = test.peaks["interp_2"].strengths[:, row.filter]
        order = np.argsort(-strengths, kind="stable")
        hidden = np.isnan(test.landmarks[order, row.landmark, 0])
        first = order[~hidden][:3]
        others = [image for image in order if image not in first][:2]
        assert list(row.images) == [*first, *others]


def test_a_part_that_is_in_few_images(made_observation):
    """All of these come first; the strongest others fill the row."""
    rare = made_observation()
    test = rare.splits["test"]
    row = filter_rows(rare)[0]
    strengths = test.peaks["interp_2"].strengths[:, row.filter]
    order = np.argsort(-strengths, kind="stable")
    shown = ~np.isnan(test.landmarks[order, row.landmark, 0])
    left = order[shown][-2:]
    skill = filter_skill(*rare.located("interp_2"))
    test.landmarks[np.setdiff1d(order, left), row.landmark] = np.nan
    found = _row(rare, skill, rare.located("interp_2")[1], row.filter, 5)
    others = [image for image in order if image not in left][:3]
    assert list(found.images) == [*left, *others]


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
