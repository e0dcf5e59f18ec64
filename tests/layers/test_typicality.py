"""How usual an example is: shares of the gathered ones, by definition."""

import numpy as np
import pytest

from tf_explainer.layers import Typicality
from tf_explainer.testing import check_layer


def gathered(numbers):
    """A layer that knows some examples."""
    layer = Typicality(numbers.shape[1])
    layer.build((None, numbers.shape[1]))
    layer.gather(numbers)
    return layer


def test_contract():
    """Nothing is learned, and nothing is known at first."""
    numbers = np.ones((2, 3), "float32")
    np.testing.assert_array_equal(Typicality(3)(numbers), -1 * numbers)
    check_layer(
        Typicality,
        {"numbers": 3},
        numbers,
        prepare=_gather,
        differentiable=False,
    )


def _gather(layer):
    layer.gather(np.random.default_rng(1).exponential(size=(50, 3)))


def test_by_definition():
    """The share of the gathered that are as odd or odder, for each number."""
    generator = np.random.default_rng(0)
    known, new = (generator.exponential(size=(n, 2)) for n in (4000, 9))
    expected = [(known >= one).mean(axis=0) for one in new]
    np.testing.assert_allclose(gathered(known)(new), expected, atol=0.005)


def test_odder_than_all():
    """0, and 1 for what is as usual as the most usual."""
    known = np.array([[1.0, 5.0], [2.0, 7.0], [3.0, 6.0]])
    found = gathered(known)(np.array([[3.5, 5.0], [1.0, 9.0]]))
    np.testing.assert_array_equal(found, [[0, 1], [1, 0]])


def test_refuses_no_numbers():
    """It would say that all is usual."""
    with pytest.raises(ValueError, match="`numbers` must.*received 0"):
        Typicality(0)
