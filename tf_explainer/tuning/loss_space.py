"""What is searched with one filter loss."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras_tuner

from tf_explainer.explainer.settings import ExplainerSettings
from tf_explainer.training.schedule import Schedule
from tf_explainer.tuning.searched_number import searched_number


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
