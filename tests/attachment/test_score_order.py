"""Scores in another order."""

import numpy as np

from tf_explainer.attachment import ScoreOrder
from tf_explainer.testing import check_layer

SCORES = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]], "float32")


def test_columns_come_from_where_they_are_said():
    """Scores and logits alike."""
    expected = [[0.2, 0.5, 0.3], [0.7, 0.1, 0.2]]
    order = ScoreOrder([2, 0, 1])
    np.testing.assert_allclose(order(SCORES), expected, rtol=1e-6)
    np.testing.assert_allclose(order.logits(SCORES), expected, rtol=1e-6)


def test_contract():
    """As of every layer."""
    check_layer(ScoreOrder, {"columns": [2, 0, 1]}, SCORES)
