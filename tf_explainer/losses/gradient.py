"""The operation behind `FilterLoss`: identity forward, filter loss backward."""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from tf_explainer.distribution.replicas import (
    own_rows,
    spread,
    whole_batch,
)
from tf_explainer.losses.filter_losses import FilterContext, FilterGradient
from tf_explainer.tensors import Frames, Maps, PerFilter, PerImage, Tensor


class FilterSetting(NamedTuple):
    """What the operation needs beside its tensors.

    Args:
        gradient: The filter loss.
        context: Its numbers; the tensors come later.
        peak_score: See `FilterLoss`.
    """

    gradient: FilterGradient
    context: FilterContext
    peak_score: float

    def loss_and_slope(
        self, maps: Maps, positive: PerImage | None, frames: Frames | None
    ) -> tuple[PerFilter, Maps]:
        """Returns the loss and its gradient by the maps before scaling.

        Args:
            maps: float32 `(batch, H, W, filters)`.
            positive: See `FilterContext`.
            frames: See `FilterContext`.
        """
        context = self.context._replace(positive=positive, frames=frames)
        if not self.peak_score:
            return self.gradient(maps, context)
        scale = self._scale(maps)
        scaled = scale * maps
        loss, slope = self.gradient(scaled, context)
        # Chain rule through `x / ‖x‖`: `g - x <g, x> / <x, x>`, where
        # `<x, x>` is the same for all filters: `scale` made it so.
        inner = tf.reduce_sum(slope * scaled, axis=(0, 1, 2))
        images = tf.cast(tf.shape(maps)[0], maps.dtype)
        along = inner / (images * (self.peak_score / _tau(maps)) ** 2)
        return loss, scale * slope - (scale * along) * scaled

    def _scale(self, maps: Maps) -> PerFilter:
        """Factor `(filters,)` that brings the maps to `peak_score`."""
        energy = tf.reduce_sum(tf.square(maps), axis=(1, 2))
        magnitude = tf.sqrt(tf.reduce_mean(energy, axis=0))
        score = _tau(maps) * tf.maximum(magnitude, 1e-12)
        # A dead filter has nothing to be scaled up.
        return tf.where(magnitude > 1e-12, self.peak_score / score, 0.0)


def _tau(maps: Maps) -> float:
    """What a single unit of 1 scores, see `part_templates`."""
    return 0.5 / (maps.shape[1] * maps.shape[2])


def filter_gradient(
    inputs: Maps,
    probe: Tensor,
    positive: PerImage,
    frames: Frames,
    lambda_f: PerFilter,
    setting: FilterSetting,
    mixing: tuple[PerFilter, Maps] | None = None,
) -> Maps:
    """Returns `inputs`, with the gradient that `FilterLoss` describes.

    Args:
        inputs: Float tensor `(batch, H, W, filters)`.
        probe: float32 zeros `(3, filters)`.
        positive: bool `(batch, filters)` or `(1, filters)`.
        frames: float32 `(batch, 2, 3)`; `(0, 2, 3)` for none.
        lambda_f: float32 `(filters,)`.
        setting: The filter loss and its numbers.
        mixing: `gain` and `offset` of the map that the loss is put on;
            `None` puts it on `inputs`.

    Source:
        Zhang et al. 2018, equation 1, third term.
    """

    # Tensors are arguments, not captured: TensorFlow then asks for no
    # `variables=`, and mixed precision and XLA work.
    @tf.custom_gradient
    def identity(
        x: Maps,
        probe: Tensor,
        positive: PerImage,
        frames: Frames,
        weight: PerFilter,
        *mixing: Tensor,
    ) -> tuple[Maps, Callable[[Maps], tuple[Tensor | None, ...]]]:
        def gradient(dy: Maps) -> tuple[Tensor | None, ...]:
            maps = own = tf.cast(x, tf.float32)
            if mixing:
                gain, offset = mixing
                maps = gain * maps + offset
            loss, slope = _slope_over_replicas(maps, positive, frames, setting)
            by_input = gain * slope if mixing else slope
            statistics = tf.stack(
                [
                    _mean_norm(tf.cast(dy, tf.float32)),
                    _mean_norm(by_input),
                    loss,
                ]
            )
            added = dy + tf.cast(weight * by_input, dy.dtype)
            known = (added, statistics, None, None, None)
            if not mixing:
                return known
            by_gain = weight * tf.reduce_sum(slope * own, axis=(0, 1, 2))
            return *known, by_gain, weight * slope

        return tf.identity(x), gradient

    return identity(inputs, probe, positive, frames, lambda_f, *(mixing or ()))


def _slope_over_replicas(
    maps: Maps, positive: PerImage, frames: Frames, setting: FilterSetting
) -> tuple[PerFilter, Maps]:
    """Loss and gradient, with `Z_T` over the images of all replicas."""
    if frames.shape[0] == 0:
        frames = None
    if spread():
        # Booleans cannot be gathered.
        shown = tf.broadcast_to(
            tf.cast(positive, tf.int32), tf.shape(maps[:, 0, 0])
        )
        positive = tf.cast(whole_batch(shown), tf.bool)
        frames = None if frames is None else whole_batch(frames)
    loss, slope = setting.loss_and_slope(whole_batch(maps), positive, frames)
    return loss, own_rows(slope, maps)


def _mean_norm(gradient: Maps) -> PerFilter:
    """`E‖g‖` over the batch, norm over the units of a map: `(filters,)`."""
    squares = tf.reduce_sum(tf.square(gradient), axis=(1, 2))
    return tf.reduce_mean(tf.sqrt(squares), axis=0)
