"""A last phase in which the parts stand still, and strays fall silent."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.features.views import joined_pairs, unit_frames
from tf_explainer.losses.equivariance import equivariance_loss

BATCH = 64


def stray_filters(
    explainer: Any, features: tf.data.Dataset, limit: float
) -> np.ndarray:
    """Returns which filters of conv-interp-2 do not follow the image.

    A filter is a stray if the masked maps of two views of an image disagree
    on where its peak is: if `equivariance_loss`, without the term for
    diversity, is above the limit. Never more than half of the filters that
    fire are strays: something must be left to explain with.

    Args:
        explainer: An explainer.
        features: Kept features with views, from `Explainer.cached_features`;
            each image and the first of its moved views are looked at.
        limit: 0 for peaks that move exactly as the image does, about 1 for
            such as have nothing to do with each other.

    Returns:
        bool `(filters,)`; a filter that never fires is no stray.

    Source:
        Ours. In two runs on drawn animals the rank correlation of this loss
        with the filters' skill, which needs landmarks, was -0.8 and -0.4.
    """
    pairs = features.map(_first_pair).batch(BATCH).map(joined_pairs)
    losses = [_losses(explainer, batch) for batch in pairs]
    loss = np.mean(losses, axis=0)
    fires = loss > 0
    if not fires.any():
        return fires
    return loss > max(limit, float(np.median(loss[fires])))


def _first_pair(example: dict[str, Any]) -> dict[str, Any]:
    return {name: value[:2] for name, value in example.items()}


def _losses(explainer: Any, batch: dict[str, Any]) -> np.ndarray:
    maps = tf.cast(explainer.encode(batch).interp_2, tf.float32)
    frames = unit_frames(batch["frames"], explainer.receptive_field)
    return equivariance_loss(
        maps, frames, diversity=0.0, diversity_reach=0
    ).numpy()


class FreezeInterpretableTrack(keras.callbacks.Callback):
    """Freezes the interpretable track from a given epoch on.

    The ordinary track and the decoder learn on: accuracy comes back, no part
    moves and `p` keeps its value.

    Args:
        epoch: First epoch of the frozen phase, counted from 0.
        feature_augmentation: Handed to `Explainer.augment_features` for the
            frozen phase, for example `MirrorShift(1)`; `None` leaves it as
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
