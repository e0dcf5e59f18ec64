"""A part moves with the image: the filter loss without labels or templates."""

import tensorflow as tf

from tf_explainer.layers.channel_norm import LARGEST
from tf_explainer.losses.filter_losses import (
    FILTER_LOSSES,
    FilterContext,
    reads_views,
)
from tf_explainer.tensors import Frames, Maps, PerFilter, Tensor

# Of the softmax over a map whose positive activations have the root mean
# square 1: the peak holds most of it, and its neighbors still get a gradient.
SHARPNESS = 4.0
# Variance that counts as none, squared shares of the map's longer side. A
# filter that stands still in the image must not divide by zero.
STILL = 0.002


def equivariance_loss(
    feature_maps: Maps,
    frames: Frames,
    *,
    diversity: float,
    diversity_reach: int,
) -> PerFilter:
    """How far peaks fail to move with the image, and how alike filters are.

    The batch holds each image twice, as it is and moved (mirrored, shifted,
    turned, scaled): images `2 i` and `2 i + 1` are two views of one. The soft
    peak of a map is its center of mass after a softmax over the units; `c`
    is its place in the common frame of both views, and

    `E_f = E‖c - c'‖² / (2 Var(c) + still)`

    is 0 for a filter whose peak moves exactly as the image does, and about 1
    for one whose peaks in the two views have nothing to do with each other,
    or that always fires at one place of the view. `Var` is over the images, so
    that following a part that itself moves about counts. Places outside the
    map are left out. To `E_f` comes

    `diversity * mean_g E cos(B softmax(x_f), B softmax(x_g))`,

    over the other filters `g`, without which all filters find the one part
    that is easiest to follow. `B` is the mean over the `2 diversity_reach + 1`
    squared units around each one: a part is wider than a unit, and without it
    filters that fire next to each other on one part do not feel each other.
    Neither term depends on the scale of the maps.

    Args:
        feature_maps: Float tensor `(batch, H, W, filters)`, an even number of
            images, after the ReLU, activation units.
        frames: Float tensor `(batch, 2, 3)`: place `(row, column)` in units
            of the map → place in the common frame, `A q + t`.
        diversity: Weight of the second term, no unit.
        diversity_reach: Of `B`, units of the map; 0 leaves it out.

    Returns:
        `(filters,)`, no unit; 0 for a filter that never fires.

    Source:
        Ours. The idea that a part is what moves with the image is that of
        Thewlis et al. 2017, "Unsupervised learning of object landmarks by
        factorized spatial embeddings", and of Hung et al. 2019, "SCOPS".
    """
    # The square of a larger one is no float32.
    feature_maps = tf.minimum(feature_maps, LARGEST)
    shares = _shares(feature_maps)
    places = _places(shares, frames)
    side = max(feature_maps.shape[1:3])
    moved = _unfaithfulness(places, feature_maps.shape[1:3], side)
    alive = tf.reduce_max(feature_maps, axis=(0, 1, 2)) > 0
    loss = moved + diversity * _overlap(_spread(shares, diversity_reach))
    return tf.where(alive, loss, tf.zeros_like(loss))


@FILTER_LOSSES.register("equivariant")
@reads_views
def equivariance_gradient(
    maps: Maps, context: FilterContext
) -> tuple[PerFilter, Maps]:
    """Returns the loss and its gradient.

    Args:
        maps: Float tensor `(batch, H, W, filters)`.
        context: Reads `frames`, `diversity` and `diversity_reach`. Without
            frames nothing is known of how the images moved: loss and gradient
            are zero.

    Returns:
        Loss `(filters,)` and the gradient of its sum, shaped as `maps`.

    Source:
        See `equivariance_loss`.
    """
    if context.frames is None:
        return tf.zeros(maps.shape[-1:], maps.dtype), tf.zeros_like(maps)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        loss = equivariance_loss(
            maps,
            context.frames,
            diversity=context.diversity,
            diversity_reach=context.diversity_reach,
        )
        total = tf.reduce_sum(loss)
    return loss, tape.gradient(total, maps)


def _shares(maps: Maps) -> Maps:
    """Softmax over the units of each map, `(batch, H, W, filters)`."""
    square = tf.reduce_mean(tf.square(maps), axis=(0, 1, 2))
    fires = square > 1e-12
    # A dead filter has nothing to be scaled up.
    scale = tf.where(fires, tf.math.rsqrt(tf.where(fires, square, 1.0)), 0.0)
    _, height, width, filters = maps.shape
    flat = tf.reshape(SHARPNESS * scale * maps, (-1, height * width, filters))
    return tf.reshape(tf.nn.softmax(flat, axis=1), tf.shape(maps))


def _places(shares: Maps, frames: Frames) -> Tensor:
    """Soft peaks in the common frame, `(batch, filters, 2)`."""
    _, height, width, _ = shares.shape
    rows = tf.range(height, dtype=shares.dtype)
    columns = tf.range(width, dtype=shares.dtype)
    row = tf.einsum("bhwf,h->bf", shares, rows)
    column = tf.einsum("bhwf,w->bf", shares, columns)
    peaks = tf.stack([row, column], axis=-1)
    frames = tf.cast(frames, shares.dtype)
    turned = tf.einsum("bij,bfj->bfi", frames[..., :2], peaks)
    return turned + frames[:, None, :, 2]


def _unfaithfulness(
    places: Tensor, size: tuple[int, int], side: int
) -> PerFilter:
    """`E_f`, from places in units of the map."""
    views = tf.reshape(places, (-1, 2, *places.shape[1:]))
    last = tf.constant([size[0] - 0.5, size[1] - 0.5], places.dtype)
    inside = tf.reduce_all((views > -0.5) & (views < last), axis=(1, 3))
    counted = tf.cast(inside, places.dtype)
    apart = tf.reduce_sum(tf.square(views[:, 0] - views[:, 1]), axis=-1)
    count = tf.maximum(tf.reduce_sum(counted, axis=0), 1.0)
    error = tf.reduce_sum(apart * counted, axis=0) / count
    variance = tf.reduce_sum(tf.math.reduce_variance(places, axis=0), axis=-1)
    return error / (2 * variance + STILL * side**2)


def _spread(shares: Maps, reach: int) -> Maps:
    """`B`, with zeros around the map."""
    if not reach:
        return shares
    margin = (reach, reach)
    padded = tf.pad(shares, ((0, 0), margin, margin, (0, 0)))
    return tf.nn.avg_pool2d(padded, 2 * reach + 1, 1, "VALID")


def _overlap(shares: Maps) -> PerFilter:
    """Mean cosine with the maps of the other filters, `(filters,)`."""
    length = tf.norm(shares, axis=(1, 2), keepdims=True)
    unit = shares / length
    filters = shares.shape[-1]
    others = tf.reduce_sum(unit, axis=-1, keepdims=True) - unit
    cosines = tf.reduce_sum(unit * others, axis=(1, 2))
    return tf.reduce_mean(cosines, axis=0) / max(filters - 1, 1)
