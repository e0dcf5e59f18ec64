"""The contract of a filter loss."""

from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.losses import FilterLoss


def check_filter_loss(kind: str) -> None:
    """Checks a registered filter loss on maps with one peak each.

    The layer is the identity forward; its backward pass adds `lambda_f` times
    a finite gradient; the same under XLA; a dead filter gets none. Unless the
    loss is a constant, each live filter gets one, and a small step against
    the gradient lowers the loss.

    Args:
        kind: Name in `losses.FILTER_LOSSES`.

    Raises:
        AssertionError: If the filter loss breaks the contract.
    """
    maps = _peaked_maps()
    # Sixteen images in eight pairs of a view and its mirror image.
    frames = tf.constant([[[1.0, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, -1, 4]]])
    frames = tf.tile(frames, (8, 1, 1))
    layer = FilterLoss(kind, peak_score=1.0, initial_weight=1.0)
    np.testing.assert_array_equal(layer(maps), maps)
    gradient = _gradient(layer, maps, frames)
    assert np.isfinite(gradient).all(), f"{kind}: gradient is not finite"
    assert not np.asarray(gradient)[..., -1].any(), f"{kind}: dead filter moves"
    compiled = tf.function(_gradient, jit_compile=True)(layer, maps, frames)
    np.testing.assert_allclose(compiled, gradient, rtol=1e-3, atol=1e-6)
    layer.lambda_f.assign(tf.zeros_like(layer.lambda_f))
    assert not np.asarray(_gradient(layer, maps, frames)).any(), (
        f"{kind}: the gradient does not scale with lambda_f"
    )
    before = layer.value(maps, frames)
    if np.array_equal(before, layer.value(_peaked_maps(seed=1), frames)):
        assert not np.asarray(gradient).any(), f"{kind}: a constant has a slope"
        return
    live = np.abs(gradient)[..., :-1].max(axis=(0, 1, 2))
    assert live.all(), f"{kind}: a live filter gets no gradient"
    step = maps - 0.1 * gradient / tf.norm(gradient)
    after = layer.value(step, frames)
    assert float(tf.reduce_sum(after - before)) < 0, (
        f"{kind}: a step against the gradient does not lower the loss"
    )


def _gradient(layer: Any, maps: Any, frames: Any) -> Any:
    """What the layer adds to a backward pass that brings zeros."""
    with tf.GradientTape() as tape:
        tape.watch(maps)
        total = tf.reduce_sum(0.0 * layer(maps, frames=frames))
    return tape.gradient(total, maps)


def _peaked_maps(seed: int = 0) -> Any:
    """Sixteen maps of three live filters and a dead one."""
    random = np.random.default_rng(seed)
    maps = 0.7 * random.random((16, 25, 4), np.float32)
    for name in range(3):
        maps[np.arange(16), random.integers(0, 25, 16), name] += 0.5
    maps[..., 3] = 0
    return tf.constant(maps.reshape(16, 5, 5, 4))
