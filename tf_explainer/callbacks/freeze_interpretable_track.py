"""A last phase in which the parts stand still."""

from collections.abc import Callable
from typing import Any

import keras


class FreezeInterpretableTrack(keras.callbacks.Callback):
    """Freezes the interpretable track from a given epoch on.

    The ordinary track and the decoder learn on: accuracy comes back, no part
    moves and `p` keeps its value.

    Args:
        epoch: First epoch of the frozen phase, counted from 0.
        feature_augmentation: What the explainer's `feature_augmentation`
            becomes in the frozen phase, for example `MirrorShiftMix()`;
            `None` leaves it as it is. The decoder learns by heart otherwise.
        strays: Takes the explainer, at the end of the first phase, to bool
            `(filters,)`: the filters of conv-interp-2 that are silenced for
            good, such as `training.stray_filters` finds. `None` silences
            none.

    Raises:
        ValueError: If `epoch` is negative.

    Source:
        Ours; the paper trains everything to the end.
    """

    def __init__(
        self,
        epoch: int,
        feature_augmentation: Any = None,
        strays: Callable[[Any], Any] | None = None,
    ) -> None:
        super().__init__()
        if epoch < 0:
            raise ValueError(f"`epoch` must be 0 or more, received {epoch}.")
        self.epoch = epoch
        self.feature_augmentation = feature_augmentation
        self.strays = strays

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch >= self.epoch and self.model.encoder.interp_1.trainable:
            if self.feature_augmentation is not None:
                self.model.augment_features(self.feature_augmentation)
            if self.strays is not None:
                self.model.silence_filters(self.strays(self.model))
            self.model.freeze_interpretable_track()
