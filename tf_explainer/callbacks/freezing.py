"""A last phase in which the parts stand still, and strays fall silent."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.errors import InputError
from tf_explainer.features.batches import has_views
from tf_explainer.features.pairs import joined_pairs
from tf_explainer.features.views import unit_frames
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


def augment_features(explainer: Any, augmentation: Any) -> None:
    """Trains on further views of the target feature from now on.

    The performer's upper layers, from the target on, run on each view; the
    trunk does not. Validation and calls see no further views. A filter loss
    that compares views would be told a wrong way that they moved: freeze the
    interpretable track first then.

    Args:
        explainer: An `Explainer`.
        augmentation: Callable from a batch of target features to a batch of
            the same shape, such as `MirrorShift(1)`; `None` ends it.

    Raises:
        InputError: If a branch of the performer passes the target layer by,
            so that the target alone does not give the upper features.
    """
    if augmentation is not None and explainer.attachment.upper is None:
        raise InputError(
            "`augmentation` needs a performer whose upper layers read the "
            "target layer alone; a branch passes "
            f"{explainer.attachment.cut.target_layer!r} by."
        )
    explainer.fit_state.augmentation = augmentation
    explainer.renew_train_function()


def freeze_interpretable_track(
    explainer: Any,
    ordinary_dropout: float = 0.0,
    noise: float = 0.0,
    removal: float = 0.0,
) -> None:
    """Stops what places the parts from learning.

    Without parts these are the two interpretable conv-layers and `p`: what is
    left to learn, the ordinary track and the decoder, then wins back accuracy
    without moving a part or taking its share. With parts it is the part head,
    and all else learns. A saved explainer does not remember it: freeze it
    again before `fit`.

    Args:
        explainer: An `Explainer`.
        ordinary_dropout: Share of images that are learned from without the
            ordinary track from now on, see `TrackMixer`.
        noise: On the mixture from now on, see `TrackMixer`.
        removal: Share of images that are learned from with some of their
            parts removed, see `explainer.parts`; without parts it does
            nothing.
    """
    encoder = explainer.encoder
    encoder.mixer.ordinary_dropout = ordinary_dropout
    encoder.mixer.noise = noise
    explainer.fit_state.removal = removal
    for layer in encoder.settling:
        layer.trainable = False
    explainer.renew_train_function()


def silence_filters(explainer: Any, which: Any) -> None:
    """Lets filters of conv-interp-2 fire no more.

    Their share of the rebuilt feature is left to the ordinary track. If the
    interpretable track learns on, the optimizer may wake them.

    Args:
        explainer: An `Explainer`.
        which: bool `(filters,)`.

    Raises:
        InputError: If the shape is another one.
    """
    silent = ops.convert_to_tensor(which, "bool")
    conv = explainer.encoder.interp_2.conv
    if silent.shape != conv.bias.shape:
        raise InputError(
            f"`which` must have the shape {tuple(conv.bias.shape)}, received "
            f"{tuple(silent.shape)}."
        )
    for weight in (conv.kernel, conv.bias):
        weight.assign(ops.where(silent, ops.zeros_like(weight), weight))


class FreezeInterpretableTrack(keras.callbacks.Callback):
    """Freezes the interpretable track from a given epoch on.

    The ordinary track and the decoder learn on: accuracy comes back, no part
    moves and `p` keeps its value. `Explainer.fit` lets the track learn again
    when it ends.

    Args:
        epoch: First epoch of the frozen phase, counted from 0.
        moved: Layer that draws further views of the target feature in the
            frozen phase, such as `MirrorShift(1)`; the decoder learns by
            heart otherwise. Not used where a branch of the performer passes
            the target by. `None` draws none.
        stray_limit: Filters whose peaks follow the image worse than this when
            the track is frozen are silenced for good, see `stray_filters`; 0
            silences none. It needs kept features with moved views, and a
            filter loss that compares them. A training that goes on behind
            the first frozen epoch has silenced them already.
        ordinary_dropout: Share of images that are learned from without the
            ordinary track in the frozen phase, see `TrackMixer`: the decoder
            otherwise leans on it, and the parts say little.
        noise: See `freeze_interpretable_track`.
        removal: See `freeze_interpretable_track`.

    Attributes:
        done: Epochs that earlier attempts have done. A training that goes on
            behind its last epoch begins none, and its parts stand still.

    Raises:
        ValueError: If an argument is out of range.

    Source:
        Ours; the paper trains everything to the end.
    """

    done: int = 0

    def __init__(
        self,
        epoch: int,
        moved: keras.layers.Layer | None = None,
        stray_limit: float = 0.0,
        ordinary_dropout: float = 0.0,
        noise: float = 0.0,
        removal: float = 0.0,
    ) -> None:
        super().__init__()
        if epoch < 0:
            raise ValueError(f"`epoch` must be 0 or more, received {epoch}.")
        if not stray_limit >= 0:
            raise ValueError(
                f"`stray_limit` must be 0 or more, received {stray_limit}."
            )
        if not 0 <= ordinary_dropout < 1:
            raise ValueError(
                "`ordinary_dropout` must lie in [0, 1), received "
                f"{ordinary_dropout}."
            )
        self.epoch = epoch
        self.moved = moved
        self.stray_limit = stray_limit
        self.ordinary_dropout = ordinary_dropout
        self.noise = noise
        self.removal = removal

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch < self.epoch or not self.model.encoder.learns_parts:
            return
        if self.moved is not None and self.model.attachment.upper is not None:
            augment_features(self.model, self.moved)
        if epoch == self.epoch:
            self._settle()
            self.model.fit_state.agree()
        freeze_interpretable_track(
            self.model, self.ordinary_dropout, self.noise, self.removal
        )

    def on_train_end(self, logs: Any = None) -> None:
        """Parts are there after a training that ended while they learned."""
        if not self.model.encoder.parts:
            return
        if self.model.encoder.learns_parts and self.done <= self.epoch:
            self.model.fit_state.settle_parts()
        self.model.fit_state.order_parts()
        self.model.fit_state.agree()

    def _settle(self) -> None:
        if self.model.encoder.parts:
            self.model.fit_state.settle_parts()
            return
        kept = self.model.fit_state.kept_features
        views = kept is not None and has_views(kept)
        # Other filter losses, or none, ask for other filters.
        if self.stray_limit and views and self.model.objective.compares_views:
            strays = stray_filters(self.model, kept, self.stray_limit)
            silence_filters(self.model, strays)
