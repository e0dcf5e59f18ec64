"""A last phase in which the parts stand still."""

from typing import Any

import keras


class FreezeInterpretableTrack(keras.callbacks.Callback):
    """Freezes the interpretable track from a given epoch on.

    The ordinary track, `p` and the decoder learn on: accuracy comes back and
    no part moves.

    Args:
        epoch: First epoch of the frozen phase, counted from 0.

    Raises:
        ValueError: If `epoch` is negative.

    Source:
        Ours; the paper trains everything to the end.
    """

    def __init__(self, epoch: int) -> None:
        super().__init__()
        if epoch < 0:
            raise ValueError(f"`epoch` must be 0 or more, received {epoch}.")
        self.epoch = epoch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        track = self.model.encoder.interp_1
        if epoch >= self.epoch and track.trainable:
            self.model.freeze_interpretable_track()
