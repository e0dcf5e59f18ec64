"""What is searched, and from where."""

import keras_tuner
import pytest

from tf_explainer.explainer.settings import ExplainerSettings
from tf_explainer.losses import FILTER_LOSSES
from tf_explainer.steps.settings import Settings
from tf_explainer.training import Schedule
from tf_explainer.tuning.search_space import search_space


def test_begins_with_the_package_s_defaults():
    """The first trial is what a user gets who says nothing."""
    found = search_space(keras_tuner.HyperParameters(), Schedule.epochs, {})
    explainer, schedule = ExplainerSettings(), Schedule()
    expected = {
        name: getattr(explainer, name)
        for name in ("eta", "peak_score", "silence", "filter_loss")
    }
    for name in (
        *("filter_weight", "filter_schedule", "learning_epochs"),
        *("learning_rate", "frozen_learning_rate"),
    ):
        expected[name] = getattr(schedule, name)
    assert found == pytest.approx(expected)


def test_every_setting_is_an_option():
    """Any trial can be written as a file for `run --config`."""
    hp = keras_tuner.HyperParameters()
    search_space(hp, 5, {})
    for entry in hp.space:
        for seed in range(8):
            hp.values[entry.name] = entry.random_sample(seed)
            found = search_space(hp, 5, {})
            Settings(**found)
            # Three digits are kept.
            value = found[entry.name]
            if isinstance(value, float):
                assert float(f"{value:.3g}") == value


def test_every_filter_loss_but_none_is_tried():
    """A new one is searched with no edit."""
    hp = keras_tuner.HyperParameters()
    search_space(hp, 5, {})
    (entry,) = [e for e in hp.space if e.name == "filter_loss"]
    assert {*entry.values, "none"} == set(FILTER_LOSSES.names())


def test_fixed_settings_are_not_searched():
    """They go along as they are; one epoch leaves no choice of phases."""
    hp = keras_tuner.HyperParameters()
    fixed = {"eta": 0.123456, "norm": "sum", "filter_loss": "paper"}
    found = search_space(hp, 1, fixed)
    assert found.items() >= fixed.items()
    names = {entry.name for entry in hp.space}
    assert not names & {"eta", "filter_loss", "learning_epochs"}
    assert "peak_score" in names
