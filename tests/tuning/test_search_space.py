"""What is searched, and from where."""

import keras_tuner
import pytest

from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.schedule import Schedule
from tf_explainer.config.settings import Settings
from tf_explainer.losses import FILTER_LOSSES
from tf_explainer.tuning.fixed_settings import fixed_by_proxy
from tf_explainer.tuning.space import search_space

PAPER = {"preset": "paper"}
FILTERS = {"preset": "filters"}


def test_begins_with_the_package_s_defaults():
    """The first trial is what a user gets who says nothing."""
    found = search_space(keras_tuner.HyperParameters(), 26, {})
    explainer, schedule = ExplainerSettings(), Schedule()
    expected = {
        name: getattr(explainer, name) for name in ("eta", "score_weight")
    }
    for name in (
        *("learning_epochs", "learning_rate", "frozen_learning_rate"),
        *("ordinary_dropout", "removal", "noise"),
    ):
        expected[name] = getattr(schedule, name)
    assert found == pytest.approx(expected)


def test_begins_with_the_preset_filters():
    """Where each filter is a part of its own."""
    found = search_space(keras_tuner.HyperParameters(), 25, FILTERS)
    explainer = ExplainerSettings(**FILTERS)
    schedule = Schedule(**FILTERS)
    expected = {
        name: getattr(explainer, name)
        for name in (
            *("eta", "score_weight", "silence", "filter_loss"),
            *("diversity", "diversity_reach", "preset"),
        )
    }
    for name in (
        *("filter_weight", "filter_schedule", "learning_epochs"),
        *("learning_rate", "frozen_learning_rate"),
        *("ordinary_dropout", "stray_limit"),
    ):
        expected[name] = getattr(schedule, name)
    assert found == pytest.approx(expected)


def test_parts_have_no_filter_loss():
    """And what a filter loss reads is not searched beside them."""
    names = _searched({})
    assert {"removal", "noise", "eta", "score_weight"} <= names
    assert not names & {"filter_loss", "filter_weight", "silence", "diversity"}
    assert fixed_by_proxy({}) == {}
    assert {"diversity", "diversity_reach"} < set(fixed_by_proxy(FILTERS))


def _tried(loss):
    """Settings of many random trials with one filter loss."""
    hp = keras_tuner.HyperParameters()
    search_space(hp, 5, FILTERS)
    hp.values = {"filter_loss": loss}
    hp.ensure_active_values()
    names = sorted(set(hp.values) - {"filter_loss"})
    entries = {e.name: e for e in hp.space if hp.is_active(e)}
    for seed in range(40):
        for name in names:
            hp.values[name] = entries[name].random_sample(seed)
        yield search_space(hp, 5, FILTERS)


@pytest.mark.parametrize("loss", ["equivariant", "exact", "paper"])
def test_every_setting_is_an_option(loss):
    """Any trial can be written as a file for `run --config`."""
    for found in _tried(loss):
        # The command does not search it.
        found.pop("stray_limit", None)
        Settings(**found)
        for value in found.values():
            assert value is not None
            # Three digits are kept.
            if isinstance(value, float):
                assert float(f"{value:.3g}") == value


@pytest.mark.parametrize(
    ("loss", "usual", "least", "most"),
    [
        ("equivariant", 20, 2, 60),
        ("exact", 4, 0.3, 30),
        ("paper", 1 / 300, 3e-4, 0.1),
    ],
)
def test_each_loss_has_its_own_weights(loss, usual, least, most):
    """And begins with its own, also where it is the only one."""
    weights = [found["filter_weight"] for found in _tried(loss)]
    assert least <= min(weights) < usual < max(weights) <= most
    alone = {"filter_loss": loss}
    found = search_space(keras_tuner.HyperParameters(), 5, alone)
    assert found["filter_weight"] == pytest.approx(usual, rel=1e-2)


@pytest.mark.parametrize("loss", ["equivariant", "exact", "paper"])
def test_each_loss_has_the_settings_that_it_reads(loss):
    """No trial is spent on what has no effect."""
    apart = {"diversity", "diversity_reach", "stray_limit"}
    reads, others = apart, {"peak_score"}
    if loss != "equivariant":
        reads, others = others, reads
    for found in _tried(loss):
        assert set(found) >= reads and not set(found) & others


def _searched(fixed, epochs=5):
    hp = keras_tuner.HyperParameters()
    search_space(hp, epochs, fixed)
    return {entry.name.split("/")[-1] for entry in hp.space}


def test_nothing_is_searched_that_nothing_reads():
    """Without a filter loss, masks, reconstruction or second phase."""
    second = {"ordinary_dropout", "frozen_learning_rate", "stray_limit"}
    assert second <= _searched(FILTERS)
    assert not second & _searched(FILTERS, epochs=1)
    assert not second & _searched(FILTERS | {"learning_epochs": 5})
    of_loss = {"filter_weight", "filter_schedule", "peak_score", "diversity"}
    assert of_loss <= _searched(FILTERS)
    assert not of_loss & _searched({"filter_loss": "none"})
    assert "silence" not in _searched({"mask": "none"})
    assert "score_weight" not in _searched({"variant": "explainer_cls"})


@pytest.mark.parametrize("fixed", [{"variant": "explainer_cls"}, PAPER])
def test_begins_with_what_variant_and_preset_take(fixed):
    """Where nothing else is given."""
    found = search_space(keras_tuner.HyperParameters(), 5, fixed)
    assert found["eta"] == ExplainerSettings.of(fixed).eta == 1
    schedule = Schedule.of(5, preset=fixed.get("preset"))
    assert found["learning_rate"] == schedule.learning_rate
    assert found.get("filter_schedule") in (None, schedule.filter_schedule)


def test_every_filter_loss_but_none_is_tried():
    """A new one is searched with no edit."""
    hp = keras_tuner.HyperParameters()
    search_space(hp, 5, FILTERS)
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


def test_fixed_settings_of_a_loss_are_not_searched():
    """Whatever the loss that reads them."""
    fixed = {"filter_weight": 7.0, "peak_score": 0.5, "diversity": 0.25}
    assert not _searched(fixed) & set(fixed)
    hp = keras_tuner.HyperParameters()
    search_space(hp, 5, fixed)
    hp.values = {"filter_loss": "paper"}
    hp.ensure_active_values()
    found = search_space(hp, 5, fixed)
    assert found.items() >= fixed.items()
