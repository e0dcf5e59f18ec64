"""Scores to categories."""

import numpy as np

from tf_explainer.evaluation.observation import top_category


def test_by_hand():
    """The highest of several."""
    assert top_category(np.array([[0.2, 0.5, 0.3], [1, 0, 0]])).tolist() == [
        1,
        0,
    ]
