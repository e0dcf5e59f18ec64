"""The callbacks without which an explainer does not learn."""

from typing import Any

import keras

from tf_explainer.callbacks.assign_categories import AssignCategories
from tf_explainer.callbacks.stop_on_nan import StopOnNaN
from tf_explainer.callbacks.update_alpha import UpdateAlpha
from tf_explainer.callbacks.update_filter_loss_weight import (
    UpdateFilterLossWeight,
)

NEEDED = (UpdateFilterLossWeight, UpdateAlpha, AssignCategories, StopOnNaN)


def with_needed(callbacks: Any) -> list[keras.callbacks.Callback]:
    """Returns the callbacks and, behind them, the needed ones that lack.

    Args:
        callbacks: A callback, a list of them, or `None`.
    """
    given = list(keras.tree.flatten(callbacks)) if callbacks else []
    missing = [
        kind()
        for kind in NEEDED
        if not any(isinstance(callback, kind) for callback in given)
    ]
    return [*given, *missing]
