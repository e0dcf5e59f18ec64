"""The chart of parts by category."""

import io

import numpy as np

from tf_explainer.evaluation.metrics.categories import category_skills
from tf_explainer.visualization.skill_charts import category_chart


def test_a_cell_for_each_part_of_each_category(observation):
    """With the skill as color and as text."""
    figure = category_chart(observation)
    axes, _ = figure.axes
    found = category_skills(
        *observation.located("interp_2"),
        observation.categories,
        observation.landmark_names,
    )
    (image,) = axes.images
    expected = [
        [found[category][part]["skill"] for category in ("cat", "dog")]
        for part in ("head", "legs", "tail")
    ]
    np.testing.assert_allclose(image.get_array(), expected)
    assert [text.get_text() for text in axes.texts] == [
        f"{value:.2f}" for row in expected for value in row
    ]
    assert "6 of 6 parts" in figure.get_label()


def test_one_category_needs_no_chart(made_observation):
    """The parts' table says it already."""
    assert category_chart(made_observation(landmark_names=())) is None


def test_long_names_leave_room(made_observation):
    """They are cut off on the axes; warnings are errors in tests."""
    figure = category_chart(
        made_observation(
            landmark_names=("$" * 200, "legs", "tail"),
            categories=("x" * 300, "dog"),
        )
    )
    figure.savefig(io.BytesIO(), format="png")
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["$" * 15 + "…", "legs", "tail"]
