"""What is searched over, and how far."""

from collections.abc import Mapping
from typing import Any

import keras_tuner

from tf_explainer.explainer.settings import ExplainerSettings
from tf_explainer.losses import FILTER_LOSSES
from tf_explainer.training.schedule import Schedule

# On a logarithmic scale: what counts is the order of magnitude.
_RANGES = {
    "eta": (0.03, 10.0),
    "filter_weight": (0.1, 30.0),
    "learning_rate": (5e-5, 2e-3),
    "frozen_learning_rate": (1e-4, 3e-3),
    "peak_score": (0.005, 1.0),
}
_LARGEST_SILENCE = 0.7
# A search that may switch the filter loss off has no parts to look for.
_NO_LOSS = "none"


def search_space(
    hp: keras_tuner.HyperParameters, epochs: int, fixed: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns one value for each setting that is searched, or fixed.

    Defaults are the package's own; ranges hold them. Numbers are rounded to
    three digits, so that what is written down is what was tried.

    Args:
        hp: Hyperparameters of a trial.
        epochs: Passes over the images, both phases together.
        fixed: Settings that are not searched, and others that go along.
    """
    values = dict(fixed)
    for name, (least, most) in _RANGES.items():
        if name not in fixed:
            default = _default(name)
            number = hp.Float(
                name,
                min(least, default),
                max(most, default),
                sampling="log",
                default=default,
            )
            values[name] = _rounded(number)
    if "silence" not in fixed:
        default = _default("silence")
        most = max(_LARGEST_SILENCE, default)
        number = hp.Float("silence", 0.0, most, default=default)
        values["silence"] = _rounded(number)
    losses = [name for name in FILTER_LOSSES.names() if name != _NO_LOSS]
    for name, known in (
        ("filter_loss", losses),
        ("filter_schedule", ["constant", "decay"]),
    ):
        if name not in fixed:
            values[name] = hp.Choice(name, known, default=_default(name))
    if "learning_epochs" not in fixed and epochs > 1:
        values["learning_epochs"] = hp.Int(
            "learning_epochs",
            1,
            epochs,
            default=Schedule.of(epochs).learning_epochs,
        )
    return values


def _default(name: str) -> Any:
    explainer = ExplainerSettings()
    return getattr(explainer if hasattr(explainer, name) else Schedule(), name)


def _rounded(number: float) -> float:
    return float(f"{number:.3g}")
