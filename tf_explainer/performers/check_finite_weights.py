"""Weights that are no numbers are told."""

import keras
import numpy as np

from tf_explainer.errors import InputError


def check_finite_weights(model: keras.Model, name: str) -> None:
    """Refuses a model with a weight that is NaN or infinite.

    Its outputs do not always show it: some processors' ReLU turns NaN to 0.

    Args:
        model: A built model.
        name: What the message calls it.

    Raises:
        InputError: If a weight is not finite; the first one is named.
    """
    for weight in model.weights:
        values = np.asarray(weight)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise InputError(
                f"The {name}'s weight {weight.path!r} holds NaN or infinity. "
                "Train it again with a lower learning rate."
            )
