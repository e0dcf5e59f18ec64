"""A part moves with the image: the filter loss without labels or templates."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_explainer.layers.channel_norm import LARGEST
from tf_explainer.losses.filter_losses import (
    FILTER_LOSSES,
    FilterContext,
    reads_views,
)
from tf_explainer.tensors import Frames, Maps, PerFilter, PerImage, Tensor

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
    loss, _ = _loss_and_slope(feature_maps, frames, diversity, diversity_reach)
    return loss


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
    loss, slope = _loss_and_slope(
        maps, context.frames, context.diversity, context.diversity_reach
    )
    return loss, slope()


def _loss_and_slope(
    maps: Maps, frames: Frames, diversity: float, reach: int
) -> tuple[PerFilter, Callable[[], Maps]]:
    """The loss, and what computes the gradient of its sum over the filters.

    Written out by hand: a tape reads and writes the maps three times as often.
    """
    # The square of a larger one is no float32.
    maps = tf.minimum(maps, LARGEST)
    size = (maps.shape[1], maps.shape[2])
    flat = tf.reshape(maps, (-1, size[0] * size[1], maps.shape[-1]))
    peaks = tf.reduce_max(flat, axis=1)
    alive = tf.reduce_any(peaks > 0, axis=0)
    shares, shares_back = _shares(flat, peaks)
    moved, moved_back = _unfaithfulness(shares, frames, size, alive)
    blurred = _spread(shares, size, reach)
    overlap, overlap_back = _overlap(blurred, alive)
    loss = tf.where(alive, moved + diversity * overlap, 0.0)

    def slope() -> Maps:
        apart = _spread(diversity * overlap_back(), size, reach)
        return tf.reshape(shares_back(moved_back() + apart), tf.shape(maps))

    return loss, slope


def _shares(
    flat: Tensor, peaks: PerImage
) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Softmax over the units of maps `(batch, units, filters)`."""
    square = tf.reduce_mean(tf.square(flat), axis=(0, 1))
    fires = square > 1e-12
    # A dead filter has nothing to be scaled up.
    root = tf.math.rsqrt(tf.where(fires, square, 1.0))
    scale = tf.where(fires, SHARPNESS * root, 0.0)
    scaled = scale * flat
    weight = tf.exp(scaled - (scale * peaks)[:, None])
    shares = weight * (1 / tf.reduce_sum(weight, axis=1, keepdims=True))

    def back(slope: Tensor) -> Tensor:
        weighted = shares * slope
        mean = tf.reduce_sum(weighted, axis=1, keepdims=True)
        by_scaled = weighted - shares * mean
        # The scale itself hangs on all maps: no gradient is left along it.
        entries = tf.cast(tf.size(flat[..., 0]), flat.dtype) * SHARPNESS**2
        along = tf.reduce_sum(by_scaled * scaled, axis=(0, 1)) / entries
        return scale * by_scaled - (scale * along) * scaled

    return shares, back


def _unfaithfulness(
    shares: Tensor, frames: Frames, size: tuple[int, int], alive: PerFilter
) -> tuple[PerFilter, Callable[[], Tensor]]:
    """`E_f`, and the gradient of its sum over filters that are alive."""
    rows, columns = np.indices(size).reshape(2, -1)
    grid = tf.constant(np.stack([rows, columns]), shares.dtype)
    with tf.GradientTape() as tape:
        # The centers of mass of `(batch, filters)`: next to nothing.
        centers = tf.matmul(grid, shares)
        tape.watch(centers)
        error = _center_error(centers, frames, size)
        total = tf.reduce_sum(tf.where(alive, error, 0.0))

    def back() -> Tensor:
        by_center = tape.gradient(total, centers)
        return tf.matmul(grid, by_center, transpose_a=True)

    return error, back


def _center_error(
    centers: Tensor, frames: Frames, size: tuple[int, int]
) -> PerFilter:
    """`E_f` from centers `(batch, 2, filters)` in units of the map."""
    frames = tf.cast(frames, centers.dtype)
    places = tf.matmul(frames[..., :2], centers) + frames[..., 2:]
    views = tf.reshape(places, (-1, 2, *places.shape[1:]))
    last = tf.constant([[size[0] - 0.5], [size[1] - 0.5]], places.dtype)
    inside = tf.reduce_all((views > -0.5) & (views < last), axis=(1, 2))
    counted = tf.cast(inside, places.dtype)
    apart = tf.reduce_sum(tf.square(views[:, 0] - views[:, 1]), axis=1)
    count = tf.maximum(tf.reduce_sum(counted, axis=0), 1.0)
    error = tf.reduce_sum(apart * counted, axis=0) / count
    variance = tf.reduce_sum(tf.math.reduce_variance(places, axis=0), axis=0)
    return error / (2 * variance + STILL * max(size) ** 2)


def _spread(shares: Tensor, size: tuple[int, int], reach: int) -> Tensor:
    """`B`, with zeros around the map; it is its own transpose."""
    if not reach:
        return shares
    near = [
        np.abs(np.subtract.outer(places, places)) <= reach
        for places in np.indices(size).reshape(2, -1)
    ]
    window = (near[0] & near[1]) / (2 * reach + 1) ** 2
    return tf.matmul(tf.constant(window, shares.dtype), shares)


def _overlap(
    shares: Tensor, alive: PerFilter
) -> tuple[PerFilter, Callable[[], Tensor]]:
    """Mean cosine with the maps of the other filters, `(filters,)`.

    Of unit maps `u_f` it is `<u_f, sum_g u_g> - 1`: no filter is compared
    with each other one.
    """
    squares = tf.reduce_sum(tf.square(shares), axis=1)
    shorter = tf.math.rsqrt(squares)
    ones = tf.stack([shorter, shorter * tf.cast(alive, shares.dtype)], axis=-1)
    sums = tf.matmul(shares, ones)
    along = tf.matmul(sums, shares, transpose_a=True) * shorter[:, None]
    others = max(shares.shape[-1] - 1, 1)

    def back() -> Tensor:
        both = tf.reduce_sum(sums, axis=-1, keepdims=True)
        images = tf.cast(tf.shape(shares)[0], shares.dtype)
        each = shorter / (others * images)
        own = each * shorter * tf.reduce_sum(along, axis=1)
        return both * each[:, None] - shares * own[:, None]

    return tf.reduce_mean(along[:, 0] - 1, axis=0) / others, back
