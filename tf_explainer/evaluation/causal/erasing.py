"""Erasing the region of a part in an image, and what is put in its place.

A fill is a function `(images, masks, others) -> (images, H, W, 3)` registered
in `FILLS`: what stands where the masks are 1. `others` are other images, one
for each. None of them is an image without the part; that claims are compared
under several fills tells what hangs on one of them.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.attachment import ReceptiveField
from tf_explainer.evaluation.part_measures.reading import maps_of_pixels
from tf_explainer.registry import Registry
from tf_explainer.tensors import Images, Maps, Tensor

FILLS: Registry[Callable[[Any, Any, Any], Any]] = Registry("fill", __package__)
"""Name → what an erased region is filled with."""


def part_regions(maps: Maps, field: ReceptiveField) -> Tensor:
    """Returns part maps as soft masks of the image.

    Bilinear between the centers of the units' fields; beyond the outermost
    centers a mask is what it is there.

    Args:
        maps: `(batch, h, w, parts)`, in [0, 1].
        field: Where their units lie in the image.

    Returns:
        float32 `(batch, H, W, parts)`, in [0, 1].
    """
    return maps_of_pixels(maps, field.image, field)


def erased(images: Images, masks: Tensor, fill: Tensor) -> Images:
    """Returns `x (1 - e) + fill e`.

    Args:
        images: `x`, float32 `(batch, H, W, 3)`.
        masks: `e`, `(batch, H, W, 1)`, in [0, 1].
        fill: Of the images' shape, or one color for each image.
    """
    return images * (1 - masks) + fill * masks


# Keeps a mean over nothing from being no number.
_LEAST_WEIGHT = 1e-8


@FILLS.register("ring")
def ring(images: Images, masks: Tensor, others: Images) -> Images:
    """What lies around the region, drawn smoothly into it.

    Means over squares of 2, 4, 8, … pixels of what lies outside, where the
    mask is below a half; each pixel takes the smallest square that holds
    enough of it.

    Args:
        images: float32 `(batch, H, W, 3)`.
        masks: `(batch, H, W, 1)`, in [0, 1].
        others: Not read.

    Source:
        Gortler et al. 1996, "The Lumigraph", where it fills what no camera
        saw ("pull" and "push").
    """
    outside = tf.maximum(1 - 2 * masks, _LEAST_WEIGHT)
    return _pulled(tf.convert_to_tensor(images), outside)


def _pulled(colors: Any, weights: Any) -> Any:
    """The colors where the weights are 1, those of coarser squares else."""
    size = tuple(colors.shape[1:3])
    if max(size) == 1:
        return colors
    mean = functools.partial(
        tf.nn.avg_pool2d, ksize=2, strides=2, padding="SAME"
    )
    mass = mean(weights)
    coarse = mean(weights * colors) / mass
    wide = tf.image.resize(_pulled(coarse, tf.minimum(4 * mass, 1.0)), size)
    return weights * colors + (1 - weights) * wide


# Standard deviation of the blur, of the image's height and width.
BLUR = 1 / 8


@FILLS.register("blur")
def blur(images: Images, masks: Tensor, others: Images) -> Images:
    """The image itself, blurred by an eighth of its height and width.

    Args:
        images: float32 `(batch, H, W, 3)`.
        masks: Not read.
        others: Not read.

    Source:
        Fong and Vedaldi 2017, "Interpretable explanations of black boxes by
        meaningful perturbation", for a blur as what says nothing.
    """
    rows, columns = (_gaussian(pixels) for pixels in images.shape[1:3])
    return tf.einsum("pi,qj,bijc->bpqc", rows, columns, images)


def _gaussian(pixels: int) -> Any:
    """Weights that add up to 1 in each row, float32 `(pixels, pixels)`."""
    places = np.arange(pixels) / pixels
    apart = np.subtract.outer(places, places) / BLUR
    weights = np.exp(-(apart**2) / 2)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights.astype(np.float32)


@FILLS.register("border")
def border(images: Images, masks: Tensor, others: Images) -> Tensor:
    """The mean color along the image's border.

    Args:
        images: float32 `(batch, H, W, 3)`.
        masks: Not read.
        others: Not read.
    """
    return border_mean(images)


def border_mean(maps: Maps) -> Tensor:
    """Returns the mean along the border, `(batch, 1, 1, channels)`.

    Args:
        maps: `(batch, H, W, channels)`.
    """
    sides = (maps[:, 0], maps[:, -1], maps[:, 1:-1, 0], maps[:, 1:-1, -1])
    mean = tf.reduce_mean(tf.concat(sides, axis=1), axis=1)
    return mean[:, None, None]


# Of height and width: mostly background, and yet a texture.
CORNER = 1 / 4


@FILLS.register("other")
def other(images: Images, masks: Tensor, others: Images) -> Images:
    """The upper left corner of another image, mirrored over and over.

    Where all of another image is put in, the performer may see another
    object's part instead of none.

    Args:
        images: Not read.
        masks: Not read.
        others: float32 `(batch, H, W, 3)`.
    """
    rows, columns = (_mirrored(pixels) for pixels in others.shape[1:3])
    return tf.gather(tf.gather(others, rows, axis=1), columns, axis=2)


def _mirrored(pixels: int) -> np.ndarray:
    """Places of the corner, there and back again, int `(pixels,)`."""
    there = np.arange(max(round(CORNER * pixels), 1))
    return np.resize(np.concatenate([there, there[::-1]]), pixels)
