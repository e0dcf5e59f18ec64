"""The settings of an explainer for one performer."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import keras

from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.presets import VARIANTS
from tf_explainer.performers import PaperSettings

__all__ = ["VARIANTS", "ExplainerSettings", "settings_for"]


def settings_for(
    performer: keras.Model, given: Mapping[str, Any]
) -> ExplainerSettings:
    """Returns the settings of an explainer of a performer.

    With the preset `paper`, one of the paper's networks gets the paper's η
    and calibration, unless one of the two is given or nothing is
    reconstructed: η belongs to the scale of that loss.

    Args:
        performer: The network that is explained.
        given: Name → value; `None` is "not given".

    Raises:
        InputError: If a name is unknown or a value out of range.
    """
    settings = ExplainerSettings.of(given)
    paper = PaperSettings.of(performer)
    named = {name for name, value in given.items() if value is not None}
    rebuilds = settings.learn_from == "features"
    if settings.preset != "paper" or paper is None or not rebuilds:
        return settings
    if named & {"eta", "calibration"}:
        return settings
    return dataclasses.replace(
        settings, eta=paper.eta, calibration=paper.calibration
    )
