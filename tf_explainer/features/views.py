"""Moved views of each image, and how they moved."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.attachment import ReceptiveField
from tf_explainer.features.pairs import joined_pairs
from tf_explainer.tensors import Features, Frames, Images, Tensor

SCALE, SHIFT, TURN, LIGHT = 1.28, 0.12, math.radians(15), 0.2


def moved_images(images: Images, seed: Tensor) -> tuple[Images, Frames]:
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


def _between(draws: Tensor) -> Tensor:
    """From [0, 1) to [-1, 1)."""
    return 2 * draws - 1


def _of_pixels(linear: Tensor, shift: Tensor, size: Sequence[int]) -> Tensor:
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


def _of_fractions(linear: Tensor, shift: Tensor, size: Sequence[int]) -> Tensor:
    sides = tf.constant(list(size), linear.dtype)
    fractions = linear * sides[None, None, :] / sides[None, :, None]
    offset = 0.5 - tf.reduce_sum(0.5 * fractions, axis=-1) + shift
    return tf.concat([fractions, offset[..., None]], axis=-1)


def unit_frames(frames: Tensor, field: ReceptiveField) -> Frames:
    """Returns frames in units of a map.

    Unit `u` lies at `s + j u` in the image, so that `q → A q + t` in the image
    is `u → (A (s + j u) + t - s) / j` in the map.

    Args:
        frames: `(batch, 6)`, the two rows of `A q + t`, places `(row,
            column)` in fractions of the image, see `moved_images`.
        field: Where the units of the map lie.

    Returns:
        float32 `(batch, 2, 3)`.
    """
    sides = np.array(field.image, np.float32)
    start = (np.array(field.start, np.float32) + 0.5) / sides
    jump = np.array(field.jump, np.float32) / sides
    frames = ops.reshape(ops.cast(frames, "float32"), (-1, 2, 3))
    linear = frames[..., :2]
    moved = ops.sum(linear * start, axis=-1) + frames[..., 2] - start
    return ops.concatenate(
        [linear * (jump / jump[:, None]), (moved / jump)[..., None]], axis=-1
    )


Look = Callable[..., dict[str, Tensor]]
"""Function of a batch of images to the performer's features of them."""


def numbered(batches: tf.data.Dataset) -> tf.data.Dataset:
    """Returns batches with their number, from which their views are drawn.

    Args:
        batches: Batches of images, or of dictionaries with the key `"image"`.
    """
    return batches.enumerate().map(
        lambda number, batch: {"batch": batch, "number": number}
    )


def features_of_views(features: Look, views: int, seed: int) -> Look:
    """Returns a function of `numbered` images to the features of their views.

    Args:
        features: Function of a batch of images to a dictionary of tensors
            with the images on the first axis.
        views: Number of moved views of each image, beside itself.
        seed: Seed of the views.

    Returns:
        A function of an element of `numbered` to the same dictionary with a
        second axis of `views + 1`, the image itself first, and `frames`
        `(batch, views + 1, 6)`, the two rows of each frame of `moved_images`
        behind one another.
    """

    def run(
        element: Mapping[str, Any], training: bool = False
    ) -> dict[str, Tensor]:
        number = tf.cast(element["number"], tf.int32)
        batch = element["batch"]
        seen = [_itself(features, batch)]
        for view in range(views):
            key = tf.stack([seed, number * views + view])
            seen.append(_moved(features, batch, key))
        return _stacked(seen)

    return run


def moved_beside(
    batch: Images | Features, key: Tensor | None = None
) -> dict[str, Tensor]:
    """Returns a batch of images with one new view of each.

    Args:
        batch: A batch of images, or a dictionary with the key `"image"`.
        key: Seed of the views, int32 `(2,)`; `None` draws one.

    Returns:
        A dictionary of what was given, `"moved"` and its `"frames"`.
    """
    batch = batch if isinstance(batch, dict) else {"image": batch}
    if key is None:
        key = tf.random.uniform((2,), maxval=2**31 - 1, dtype=tf.int32)
    moved, frames = moved_images(batch["image"], key)
    return {**batch, "moved": moved, "frames": tf.reshape(frames, (-1, 6))}


def pair_of_views(
    features: Look, batch: Images | Features
) -> dict[str, Tensor]:
    """Returns the features of images and of one view of each.

    Args:
        features: Function of a dictionary with the key `"image"` to features.
        batch: What `moved_beside` returns, or takes.

    Returns:
        A batch of pairs as one, see `joined_pairs`.
    """
    if not (isinstance(batch, dict) and "moved" in batch):
        batch = moved_beside(batch)
    view = {**batch, "image": batch["moved"]}
    other = {**features(view, training=False), "frames": batch["frames"]}
    return joined_pairs(_stacked([_itself(features, batch), other]))


def _itself(features: Look, batch: Images | Features) -> dict[str, Tensor]:
    images = batch["image"] if isinstance(batch, dict) else batch
    identity = tf.constant([[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]])
    frames = tf.tile(identity, (tf.shape(images)[0], 1))
    return {**features(batch, training=False), "frames": frames}


def _moved(
    features: Look, batch: Images | Features, key: Tensor
) -> dict[str, Tensor]:
    labeled = isinstance(batch, dict)
    moved, frames = moved_images(batch["image"] if labeled else batch, key)
    batch = {**batch, "image": moved} if labeled else moved
    return {
        **features(batch, training=False),
        "frames": tf.reshape(frames, (-1, 6)),
    }


def _stacked(seen: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    return {
        name: tf.stack([one[name] for one in seen], axis=1) for name in seen[0]
    }
