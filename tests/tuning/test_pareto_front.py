"""The Pareto front by hand."""

import numpy as np

from tf_explainer.tuning import pareto_front


def test_by_hand():
    """Better in one column is enough; equal rows both stay."""
    values = [[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.4], [0, 0], [1, 0]]
    assert pareto_front(np.array(values)).tolist() == [
        *(True, True, True),
        *(False, False, True),
    ]


def test_one_row():
    """Nothing beats it."""
    assert pareto_front(np.array([[3.0, -1.0]])).tolist() == [True]
