"""Two settings of each trial against each other."""

import pytest

from tf_explainer.errors import InputError
from tf_explainer.tuning import TrialRow, settings_chart


def _rows(*settings):
    return [
        TrialRow(number, -0.1 * number, {}, one, False, number < 3)
        for number, one in enumerate(settings, 1)
    ]


def test_a_dot_or_a_cross_for_each_trial():
    """On logarithmic axes, numbered; one that lacks a setting is left out."""
    rows = _rows(
        {"eta": 0.1, "filter_weight": 20.0},
        {"eta": 1.0, "filter_weight": 2.0},
        {"eta": 10.0, "filter_weight": 5.0},
        {"eta": 3.0},
    )
    figure = settings_chart(rows)
    axes = figure.axes[0]
    kept, broken = (one.get_offsets().tolist() for one in axes.collections)
    assert kept == [[0.1, 20.0], [1.0, 2.0]] and broken == [[10.0, 5.0]]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert [text.get_text() for text in axes.texts] == ["1", "2", "3"]
    assert "eta against filter_weight of 3 trials" in figure.get_label()


@pytest.mark.parametrize(
    "settings", [{"eta": 1.0}, {"eta": 0.0, "filter_weight": 1.0}]
)
def test_settings_that_cannot_be_drawn(settings):
    """Not searched, or not above 0 on a logarithmic axis."""
    with pytest.raises(InputError, match="`across` and `up` must be"):
        settings_chart(_rows(settings))
