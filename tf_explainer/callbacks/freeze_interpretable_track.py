"""A last phase in which the parts stand still."""

from typing import Any

import keras


class FreezeInterpretableTrack(keras.callbacks.Callback):
    """Freezes the interpretable track from a given epoch on.

    The ordinary track, `p` and the decoder learn on: accuracy comes back and
    no part moves.

    Args:
        epoch: First epoch of the frozen phase, counted from 0.
        learning_rate: Of the frozen phase; `None` leaves it as it is. The
            tracks no longer move, so that the decoder can learn faster.

    Raises:
        ValueError: If `epoch` is negative or `learning_rate` not above 0.

    Source:
        Ours; the paper trains everything to the end.
    """

    def __init__(self, epoch: int, learning_rate: float | None = None) -> None:
        super().__init__()
        if epoch < 0:
            raise ValueError(f"`epoch` must be 0 or more, received {epoch}.")
        if learning_rate is not None and not learning_rate > 0:
            raise ValueError(
                f"`learning_rate` must be above 0, received {learning_rate}."
            )
        self.epoch = epoch
        self.learning_rate = learning_rate

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        track = self.model.encoder.interp_1
        if epoch >= self.epoch and track.trainable:
            self.model.freeze_interpretable_track()
            if self.learning_rate is not None:
                self.model.optimizer.learning_rate = self.learning_rate
