"""Training curves show what the history holds."""

import numpy as np

from tf_explainer.visualization.training_curves import training_curves


def test_draws_train_and_validation():
    """Two panels, epochs from 1, values as given."""
    figure = training_curves(
        {"p": [0.5, 0.75], "filter_loss": [0, -1], "val_filter_loss": [0, -2]}
    )
    first, second = figure.axes
    assert "filter loss" in first.get_ylabel()
    assert "p" in second.get_ylabel()
    curves = [line.get_xydata().tolist() for line in first.lines]
    assert curves == [[[1, 0], [2, -1]], [[1, 0], [2, -2]]]
    np.testing.assert_array_equal(second.lines[0].get_ydata(), [0.5, 0.75])


def test_says_how_it_went():
    """First and last value, for readers who cannot see it."""
    figure = training_curves({"p": [0.5, 0.6, 0.875]})
    assert figure.get_label() == "Curves over 3 epochs: p from 0.5 to 0.875."


def test_nothing_to_draw():
    """No epochs, or no metric that is known."""
    assert training_curves({}) is None
    assert training_curves({"p": [], "lr": [0.1]}) is None
