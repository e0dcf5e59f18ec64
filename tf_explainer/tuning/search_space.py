"""What is searched over, and how far."""

from collections.abc import Mapping
from typing import Any

import keras_tuner

from tf_explainer.explainer.settings import ExplainerSettings
from tf_explainer.losses import FILTER_LOSSES
from tf_explainer.training.schedule import Schedule
from tf_explainer.tuning.loss_space import loss_space
from tf_explainer.tuning.searched_number import searched_number

# A search that may switch the filter loss off has no parts to look for.
_NO_LOSS = "none"


def search_space(
    hp: keras_tuner.HyperParameters, epochs: int, fixed: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns one value for each setting that is searched, or fixed.

    Defaults are the package's own, but for the filter weight of a filter
    loss that is not the default; ranges hold them. A setting that nothing
    reads in this trial is left out. Numbers are rounded to three digits, so
    that what is written down is what was tried.

    Args:
        hp: Hyperparameters of a trial; those of a filter loss are named
            `loss/setting` where the loss itself is searched.
        epochs: Passes over the images, both phases together.
        fixed: Settings that are not searched, and others that go along.
    """
    two_phases = (fixed.get("learning_epochs") or 1) < epochs
    found: dict[str, Any] = {
        name: searched_number(hp, name, start)
        for name, start in _of_every_loss(two_phases, fixed).items()
        if name not in fixed
    }
    if "learning_epochs" not in fixed and two_phases:
        usual = Schedule.of(epochs).learning_epochs
        found["learning_epochs"] = hp.Int(
            "learning_epochs", 1, epochs, default=usual
        )
    found |= _of_the_loss(hp, two_phases, fixed)
    return {**fixed, **{name: _rounded(one) for name, one in found.items()}}


def _of_every_loss(
    two_phases: bool, fixed: Mapping[str, Any]
) -> dict[str, Any]:
    """Settings of an explainer with any filter loss, to where they begin."""
    known = {
        name: fixed[name]
        for name in ("learn_from", "score_weight")
        if name in fixed
    }
    start = ExplainerSettings.of(known)
    found = {"eta": start.eta, "learning_rate": Schedule.learning_rate}
    if start.learn_from == "features":
        found["score_weight"] = start.score_weight
    if fixed.get("mask") != "none":
        found["silence"] = start.silence
    if two_phases:
        found["frozen_learning_rate"] = Schedule.frozen_learning_rate
        found["ordinary_dropout"] = Schedule.ordinary_dropout
    return found


def _of_the_loss(
    hp: keras_tuner.HyperParameters, two_phases: bool, fixed: Mapping[str, Any]
) -> dict[str, Any]:
    """The filter loss, its schedule, and the settings that it reads."""
    if fixed.get("filter_loss") == _NO_LOSS:
        return {}
    found = {}
    if "filter_schedule" not in fixed:
        found["filter_schedule"] = hp.Choice(
            "filter_schedule",
            ["constant", "decay"],
            default=Schedule.filter_schedule,
        )
    if "filter_loss" in fixed:
        loss = fixed["filter_loss"]
        return found | loss_space(hp, loss, two_phases, fixed)
    losses = [name for name in FILTER_LOSSES.names() if name != _NO_LOSS]
    found["filter_loss"] = hp.Choice(
        "filter_loss", losses, default=ExplainerSettings.filter_loss
    )
    for loss in losses:
        # keras-tuner loses the value of a name that stands in two conditional
        # scopes.
        with hp.conditional_scope("filter_loss", [loss]), hp.name_scope(loss):
            read = loss_space(hp, loss, two_phases, fixed)
        if loss == found["filter_loss"]:
            found |= read
    return found


def _rounded(value: Any) -> Any:
    return float(f"{value:.3g}") if isinstance(value, float) else value
