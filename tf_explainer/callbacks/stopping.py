"""What stops a training whose numbers are none."""

import math
from typing import Any

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


class StopOnNaN(keras.callbacks.Callback):
    """Raises an error that says what to try when the loss is not finite.

    Raises:
        InputError: At the first batch whose mean loss is NaN or infinite, or
            at the end of an epoch after which a weight is.
    """

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            raise InputError(
                f"The loss is {loss} in batch {batch}. Try a smaller learning "
                "rate, a smaller filter weight or eta, or float32 in place of "
                "mixed precision; and check that the performer's features are "
                "finite."
            )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        check_finite_weights(self.model, "explainer")
