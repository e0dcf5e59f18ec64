"""Scores become categories, in the order of the data sets' labels."""

import numpy as np
import pytest

from tf_explainer.attachment.head import both_scores, predicted_categories
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_performer

COLUMN = np.array([[0.9], [0.1], [0.5]])


def test_highest_score():
    """One-hot; the first of two equal scores."""
    scores = np.array([[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]])
    np.testing.assert_array_equal(
        predicted_categories(scores), [[0, 1, 0], [1, 0, 0]]
    )


@pytest.mark.parametrize("negative", [None, 0])
def test_single_column_is_category_one(negative):
    """As Keras trains a sigmoid on labels 0 and 1."""
    np.testing.assert_array_equal(
        predicted_categories(both_scores(COLUMN, negative)),
        [[0, 1], [1, 0], [1, 0]],
    )


def test_single_column_is_the_object_where_the_background_is_last():
    """Category 0 of ("cat", "background"), not the background."""
    np.testing.assert_array_equal(
        predicted_categories(both_scores(COLUMN[:2], 1)), [[1, 0], [0, 1]]
    )


def test_two_columns_know_their_order():
    """The negative category changes nothing where each has a score."""
    scores = np.array([[0.9, 0.1], [0.2, 0.8]])
    assert both_scores(scores, 1) is scores


@pytest.mark.parametrize("index", [-1, 3, "cat", True, 0.5])
def test_no_such_negative_category(index):
    """It would be read as another one, or not at all."""
    with pytest.raises(InputError, match=f"`negative_category`.*{index}"):
        Explainer.from_performer(toy_performer(), negative_category=index)
