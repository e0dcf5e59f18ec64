"""What is searched over, and how far."""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

import keras_tuner

from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.presets import PRESETS, VARIANTS
from tf_explainer.config.schedule import FILTER_SCHEDULES, Schedule
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
    "removal": (0.0, 0.8),
    "noise": (0.0, 0.2),
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
    if name in _MAGNITUDES:
        # A preset may leave it out; a logarithm has no zero.
        default = default or least
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


_USUAL = Schedule().filter_weight
# The losses of the paper need less than the package's default, which is that
# of the default loss.
_WEIGHTS = {
    "equivariant": _Weight(2.0, 60.0, _USUAL),
    "exact": _Weight(0.3, 30.0, 4.0),
    "paper": _Weight(3e-4, 0.1, PRESETS["paper"]["filter_weight"]),
}
_OTHER = _Weight(0.1, 60.0, _USUAL)
_OF_EQUIVARIANT = ("diversity", "diversity_reach")
_OF_ITS_SECOND_PHASE = ("stray_limit",)
# `equivariant` knows no scale of the maps.
_OF_OTHERS = ("peak_score",)


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
    names: tuple[str, ...] = _OF_OTHERS
    if loss == "equivariant":
        names = _OF_EQUIVARIANT + (_OF_ITS_SECOND_PHASE if two_phases else ())
    usual = usual_settings(fixed)
    starts = {"filter_weight": weight.default}
    starts |= {name: usual[name] for name in names}
    between = {"filter_weight": (weight.least, weight.most)}
    return {
        name: searched_number(hp, name, start, between.get(name))
        for name, start in starts.items()
        if name not in fixed
    }


def usual_settings(
    known: Mapping[str, Any], epochs: int | None = None
) -> dict[str, Any]:
    """Returns every setting of explainer and schedule if none is searched.

    Args:
        known: Settings that are given.
        epochs: Passes over the images; `None` as in `Schedule`.
    """
    given = {**known, "epochs": epochs}
    numbers, made = (
        {k: v for k, v in given.items() if k in kind.__dataclass_fields__}
        for kind in (Schedule, ExplainerSettings)
    )
    schedule = dataclasses.asdict(Schedule(**numbers))
    return schedule | ExplainerSettings.of(made).as_dict()


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
        fixed: Settings that are not searched, and others that go along. They
            decide whether the explainer has parts; a filter loss is searched
            where it has none.
    """
    usual = usual_settings(fixed, epochs)
    variant = VARIANTS[usual["variant"]]
    known = {**variant.fixes, **fixed}
    two_phases = (fixed.get("learning_epochs") or 1) < epochs
    found: dict[str, Any] = {
        name: searched_number(hp, name, usual[name])
        for name in _of_any(two_phases, usual)
        if name not in known
    }
    if "learning_epochs" not in fixed and two_phases:
        # Parts that are found to the end leave nothing time to learn.
        most = epochs - 1 if usual["parts"] else epochs
        found["learning_epochs"] = hp.Int(
            *("learning_epochs", 1, most),
            default=min(usual["learning_epochs"], most),
        )
    if not usual["parts"]:
        found |= _of_the_loss(hp, two_phases, known, usual)
    return {**fixed, **{name: _rounded(one) for name, one in found.items()}}


def _of_any(two_phases: bool, usual: Mapping[str, Any]) -> list[str]:
    """Settings of an explainer with parts, or with any filter loss."""
    names = ["eta", "learning_rate", "score_weight"]
    if not usual["parts"] and usual["mask"] != "none":
        names.append("silence")
    if two_phases:
        names += ["frozen_learning_rate", "ordinary_dropout"]
    if two_phases and usual["parts"]:
        names += ["removal", "noise"]
    return names


def _of_the_loss(
    hp: keras_tuner.HyperParameters,
    two_phases: bool,
    known: Mapping[str, Any],
    usual: Mapping[str, Any],
) -> dict[str, Any]:
    """The filter loss, its schedule, and the settings that it reads."""
    if known.get("filter_loss") == _NO_LOSS:
        return {}
    found = {}
    if "filter_schedule" not in known:
        found["filter_schedule"] = hp.Choice(
            "filter_schedule",
            list(FILTER_SCHEDULES),
            default=usual["filter_schedule"],
        )
    if "filter_loss" in known:
        loss = known["filter_loss"]
        return found | loss_space(hp, loss, two_phases, known)
    losses = [name for name in FILTER_LOSSES.names() if name != _NO_LOSS]
    found["filter_loss"] = hp.Choice(
        "filter_loss", losses, default=usual["filter_loss"]
    )
    for loss in losses:
        # keras-tuner loses the value of a name that stands in two conditional
        # scopes.
        with hp.conditional_scope("filter_loss", [loss]), hp.name_scope(loss):
            read = loss_space(hp, loss, two_phases, known)
        if loss == found["filter_loss"]:
            found |= read
    return found


def _rounded(value: Any) -> Any:
    return float(f"{value:.3g}") if isinstance(value, float) else value
