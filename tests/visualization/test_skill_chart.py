"""The skill chart draws every filter once."""

import numpy as np

from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.visualization.skill_charts import LOWEST, skill_chart


def test_a_dot_for_every_live_filter(observation):
    """Five strips of six dots at their skill, the lowest cut off."""
    (axes,) = skill_chart(observation).axes
    strips = [dots.get_offsets()[:, 0] for dots in axes.collections]
    assert [len(strip) for strip in strips] == [6] * 5
    result = filter_skill(*observation.located("interp_2"))
    np.testing.assert_allclose(strips[-1], result.test[:6])
    assert min(strip.min() for strip in strips) >= LOWEST


def test_words_name_the_mean(observation):
    """The alt text carries the result."""
    result = filter_skill(*observation.located("interp_2"))
    mean = f"conv-interp-2 {result.test[:6].mean():.2f}"
    assert mean in skill_chart(observation).get_label()


def test_no_landmarks_no_chart(made_observation):
    """Nothing can be measured."""
    assert skill_chart(made_observation(landmark_names=())) is None
