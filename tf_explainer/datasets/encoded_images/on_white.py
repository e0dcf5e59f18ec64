"""Transparent pixels on white."""

from typing import Any

import tensorflow as tf

# Bounds the memory that numbers between the bytes take.
_BLOCK = 2**20


def on_white(pixels: Any) -> Any:
    """Lays an image on white.

    Args:
        pixels: Uint8 RGBA `(H, W, 4)`.

    Returns:
        Uint8 RGB `(H, W, 3)`, rounded.
    """
    shape = tf.shape(pixels)
    flat = tf.reshape(pixels, (-1, 4))
    blocks = (tf.shape(flat)[0] + _BLOCK - 1) // _BLOCK
    parts = tf.TensorArray(
        tf.uint8, blocks, infer_shape=False, element_shape=(None, 3)
    )

    def step(index: Any, parts: Any) -> tuple[Any, Any]:
        start = index * _BLOCK
        block = tf.cast(flat[start : start + _BLOCK], tf.float32)
        laid = 255.0 - (255.0 - block[:, :3]) * block[:, 3:] / 255.0
        return index + 1, parts.write(index, tf.cast(laid + 0.5, tf.uint8))

    _, parts = tf.while_loop(
        lambda index, _: index < blocks,
        step,
        (0, parts),
        parallel_iterations=1,
    )
    return tf.reshape(parts.concat(), (shape[0], shape[1], 3))
