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
        feature_augmentation: Handed to `Explainer.augment_features` for the
            frozen phase, for example `MirrorShiftMix()`; `None` leaves it as
            it is. The decoder learns by heart otherwise.
        strays: Takes the explainer, at the end of the first phase, to bool
            `(filters,)`: the filters of conv-interp-2 that are silenced for
            good, such as `training.stray_filters` finds. `None` silences
            none. A training that goes on behind the first frozen epoch has
            silenced them already.
        ordinary_dropout: Share of images that are learned from without the
            ordinary track in the frozen phase, see `TrackMixer`: the decoder
            otherwise leans on it, and the parts say little.

    Raises:
        ValueError: If an argument is out of range.

    Source:
        Ours; the paper trains everything to the end.
    """

    def __init__(
        self,
        epoch: int,
        feature_augmentation: Any = None,
        strays: Callable[[Any], Any] | None = None,
        ordinary_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if epoch < 0:
            raise ValueError(f"`epoch` must be 0 or more, received {epoch}.")
        if not 0 <= ordinary_dropout < 1:
            raise ValueError(
                "`ordinary_dropout` must lie in [0, 1), received "
                f"{ordinary_dropout}."
            )
        self.epoch = epoch
        self.feature_augmentation = feature_augmentation
        self.strays = strays
        self.ordinary_dropout = ordinary_dropout

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch >= self.epoch and self.model.encoder.interp_1.trainable:
            if self.feature_augmentation is not None:
                self.model.augment_features(self.feature_augmentation)
            if self.strays is not None and epoch == self.epoch:
                self.model.silence_filters(self.strays(self.model))
            self.model.freeze_interpretable_track(self.ordinary_dropout)
