"""Images mirrored, shifted, turned and scaled, and how they moved."""

import math
from typing import Any

import tensorflow as tf
from keras import ops

SCALE, SHIFT, TURN, LIGHT = 1.28, 0.12, math.radians(15), 0.2


def moved_images(images: Any, seed: Any) -> tuple[Any, Any]:
    """Returns another view of each image.

    Half of the images are mirrored; all are scaled by 1 / 1.28 to 1.28,
    turned by up to 15°, shifted by up to 12 % of each side and made up to a
    fifth lighter or darker. What comes in from outside repeats the border.

    Args:
        images: Float tensor `(batch, H, W, channels)`.
        seed: Two integers; the same seed gives the same views.

    Returns:
        The views, shaped as `images`, and float32 frames `(batch, 2, 3)`:
        place `(row, column)` in the view → place in the image, `A q + t`,
        both in fractions of height and width.

    Source:
        Ours, after Thewlis et al. 2017, who learn landmarks from random
        warps; these keep to what a photographer might have done.
    """
    draws = tf.random.stateless_uniform((6, tf.shape(images)[0]), seed)
    mirror = tf.where(draws[0] < 0.5, -1.0, 1.0)
    scale = tf.exp(math.log(SCALE) * _between(draws[1]))
    angle = TURN * _between(draws[2])
    cosine, sine = scale * tf.cos(angle), scale * tf.sin(angle)
    # Rows and columns around the center, in pixels: a view is no shear of
    # the image whatever its sides.
    linear = tf.stack(
        [
            tf.stack([cosine, sine * mirror], axis=-1),
            tf.stack([-sine, cosine * mirror], axis=-1),
        ],
        axis=1,
    )
    shift = SHIFT * tf.stack([_between(draws[3]), _between(draws[4])], axis=-1)
    light = 1 + LIGHT * _between(draws[5])
    views = ops.image.affine_transform(
        images,
        _of_pixels(linear, shift, images.shape[1:3]),
        interpolation="bilinear",
        fill_mode="nearest",
        data_format="channels_last",
    )
    return (
        tf.cast(light, views.dtype)[:, None, None, None] * views,
        _of_fractions(linear, shift, images.shape[1:3]),
    )


def _between(draws: Any) -> Any:
    """From [0, 1) to [-1, 1)."""
    return 2 * draws - 1


def _of_pixels(linear: Any, shift: Any, size: Any) -> Any:
    """`(a0, a1, a2, b0, b1, b2, 0, 0)`: column and row of the image's pixel
    for a view's, as `keras.ops.image.affine_transform` wants it."""
    height, width = size
    middle = tf.constant([(height - 1) / 2, (width - 1) / 2], linear.dtype)
    moved = shift * tf.constant([height, width], linear.dtype)
    offset = middle - tf.einsum("bij,j->bi", linear, middle) + moved
    zero = tf.zeros_like(shift[:, 0])
    return tf.stack(
        [
            linear[:, 1, 1],
            linear[:, 1, 0],
            offset[:, 1],
            linear[:, 0, 1],
            linear[:, 0, 0],
            offset[:, 0],
            zero,
            zero,
        ],
        axis=-1,
    )


def _of_fractions(linear: Any, shift: Any, size: Any) -> Any:
    sides = tf.constant(list(size), linear.dtype)
    fractions = linear * sides[None, None, :] / sides[None, :, None]
    offset = 0.5 - tf.reduce_sum(0.5 * fractions, axis=-1) + shift
    return tf.concat([fractions, offset[..., None]], axis=-1)
