"""Stops a run whose loss is no number any more."""

import math
from typing import Any

import keras

from tf_explainer.errors import InputError
from tf_explainer.performers.check_finite_weights import check_finite_weights


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
