"""One score to two."""

import numpy as np
import pytest

from tf_explainer.evaluation.observation import both_scores


@pytest.mark.parametrize(
    ("negative", "expected"),
    [(1, [[0.25, 0.75]]), (None, [[0.75, 0.25]])],
)
def test_by_hand(negative, expected):
    """Of the object, which comes before the background; or of category 1."""
    assert both_scores(np.array([[0.25]]), negative).tolist() == expected
    assert both_scores(np.array([[0.1, 0.2]]), negative).tolist() == [
        [0.1, 0.2]
    ]
