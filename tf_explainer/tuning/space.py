"""What is searched over, and how far."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras_tuner

from tf_explainer.config.schedule import Schedule
from tf_explainer.explainer.settings import ExplainerSettings
from tf_explainer.losses import FILTER_LOSSES

# On a logarithmic scale: what counts is the order of magnitude.
_MAGNITUDES = {
    "eta": (0.03, 10.0),
    "learning_rate": (5e-5, 2e-3),
    "frozen_learning_rate": (1e-4, 3e-3),
    "peak_score": (0.005, 1.0),
    "filter_weight": (0.1, 60.0),
}
_AMOUNTS = {
    "score_weight": (0.0, 3.0),
    "silence": (0.0, 0.7),
    "ordinary_dropout": (0.0, 0.7),
    "diversity": (0.0, 2.0),
    "stray_limit": (0.0, 0.6),
}
_COUNTS = {"diversity_reach": (0, 1)}


def searched_number(
    hp: keras_tuner.HyperParameters,
    name: str,
    default: float,
    between: tuple[float, float] | None = None,
) -> float | None:
    """Returns what a trial takes for one setting.

    Args:
        hp: Hyperparameters of a trial.
        name: The setting.
        default: Where the search begins; the range is widened to hold it.
        between: The range, if it is not the setting's usual one.

    Returns:
        The value, or `None` in a conditional scope that is not active.
    """
    kinds = {**_MAGNITUDES, **_AMOUNTS, **_COUNTS}
    least, most = between or kinds[name]
    least, most = min(least, default), max(most, default)
    if name in _COUNTS:
        return hp.Int(name, int(least), int(most), default=int(default))
    sampling = "log" if name in _MAGNITUDES else "linear"
    return hp.Float(name, least, most, sampling=sampling, default=default)


class _Weight(NamedTuple):
    """Range of `filter_weight`, and where the search begins."""

    least: float
    most: float
    default: float


# The paper's is 1 / 300; its losses need less than the package's default,
# which is that of the default loss.
_WEIGHTS = {
    "equivariant": _Weight(2.0, 60.0, Schedule.filter_weight),
    "exact": _Weight(0.3, 30.0, 4.0),
    "paper": _Weight(3e-4, 0.1, 1 / 300),
}
_OTHER = _Weight(0.1, 60.0, Schedule.filter_weight)
_OF_EQUIVARIANT = {
    "diversity": ExplainerSettings.diversity,
    "diversity_reach": ExplainerSettings.diversity_reach,
}
_OF_ITS_SECOND_PHASE = {"stray_limit": Schedule.stray_limit}
# `equivariant` knows no scale of the maps.
_OF_OTHERS = {"peak_score": ExplainerSettings.peak_score}


def loss_space(
    hp: keras_tuner.HyperParameters,
    loss: str,
    two_phases: bool,
    fixed: Mapping[str, Any],
) -> dict[str, Any]:
    """Returns one value for each searched setting that a filter loss reads.

    Args:
        hp: Hyperparameters of a trial.
        loss: Name of the filter loss, but for `none`, which reads nothing.
        two_phases: Whether parts may stand still before the training ends.
        fixed: Settings that are not searched.

    Returns:
        Name to value; `None` each in a conditional scope that is not active.
    """
    weight = _WEIGHTS.get(loss, _OTHER)
    starts: dict[str, Any] = {"filter_weight": weight.default}
    if loss == "equivariant":
        starts |= _OF_EQUIVARIANT
        starts |= _OF_ITS_SECOND_PHASE if two_phases else {}
    else:
        starts |= _OF_OTHERS
    between = {"filter_weight": (weight.least, weight.most)}
    return {
        name: searched_number(hp, name, start, between.get(name))
        for name, start in starts.items()
        if name not in fixed
    }


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
