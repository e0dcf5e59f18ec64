"""Training curves show what the history holds."""

import numpy as np

from tf_explainer.visualization.curves import training_curves


def test_draws_train_and_validation():
    """Two panels, epochs from 1, values as given."""
    figure = training_curves(
        {
            "p": [0.5, 0.75],
            "filter_loss": [-3, -1],
            "val_filter_loss": [-4, -2],
        }
    )
    first, second = figure.axes
    assert "filter loss" in first.get_ylabel()
    assert "p" in second.get_ylabel()
    curves = [line.get_xydata().tolist() for line in first.lines]
    assert curves == [[[1, -3], [2, -1]], [[1, -4], [2, -2]]]
    np.testing.assert_array_equal(second.lines[0].get_ydata(), [0.5, 0.75])


def test_says_how_it_went():
    """First and last value, for readers who cannot see it."""
    figure = training_curves({"p": [0.5, 0.6, 0.875]})
    assert figure.get_label() == "Curves over 3 epochs: p from 0.5 to 0.875."


def test_frozen_epochs_are_no_loss_of_zero():
    """The filter loss ends where its track is frozen, and a line says so."""
    figure = training_curves(
        {"filter_loss": [-1, -2, 0, 0], "p": [0.5, 0.6, 0.7, 0.8]}
    )
    first, second = figure.axes
    np.testing.assert_array_equal(
        first.lines[0].get_ydata(), [-1, -2, np.nan, np.nan]
    )
    words = [text.get_text() for text in first.texts]
    assert words == ["parts learn", "parts stand still"]
    assert second.lines[-1].get_xdata()[0] == 2.5
    assert "ordinary track" in second.get_xlabel()
    told = figure.get_label()
    assert "filter loss from -1 to -2" in told
    assert "The line is behind epoch 2." in told
    assert "it falls because that track is dropped." in told


def test_each_phase_has_its_epochs():
    """Of Keras' own history, too, which leaves out what was not measured."""
    whole = {
        "part_loss": [3.0, 2.0, None, None, None],
        "agreement": [None, None, 0.5, 0.6, 0.7],
        "p": [0.5, 0.5, 0.6, 0.7, 0.8],
    }
    short = {
        name: [value for value in values if value is not None]
        for name, values in whole.items()
    }
    for history in (whole, short):
        axes = training_curves(history).axes
        named = {one.get_ylabel().split("\n")[0]: one for one in axes}
        epochs = {
            name: curve.lines[0].get_xdata()[
                np.isfinite(curve.lines[0].get_ydata())
            ]
            for name, curve in named.items()
        }
        np.testing.assert_array_equal(epochs["part loss"], [1, 2])
        np.testing.assert_array_equal(epochs["agreement with"], [3, 4, 5])
        assert axes[0].texts[0].get_text() == "parts are found"
        assert axes[0].lines[-1].get_xdata()[0] == 2.5


def test_no_line_without_a_second_phase():
    """Nothing falls silent, and nothing is explained."""
    figure = training_curves({"filter_loss": [-1, -2], "p": [0.5, 0.6]})
    assert figure.axes[-1].get_xlabel() == "epoch"
    assert not figure.axes[0].texts


def test_no_filter_loss_no_panel():
    """A run without the loss logs zeros only."""
    figure = training_curves({"filter_loss": [0, 0], "p": [0.5, 0.6]})
    assert len(figure.axes) == 1


def test_each_lesson_has_a_panel():
    """What takes the place of the reconstruction, and stands beside it."""
    names = ("reconstruction_loss", "score_loss", "classification_loss")
    figure = training_curves({name: [2.0, 1.0] for name in names})
    for axes, name in zip(figure.axes, names, strict=True):
        assert axes.get_ylabel().startswith(name.replace("_", " "))


def test_nothing_to_draw():
    """No epochs, or no metric that is known."""
    assert training_curves({}) is None
    assert training_curves({"p": [], "lr": [0.1]}) is None
