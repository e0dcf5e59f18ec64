"""Heat maps: which pixels are said to give how much to a class score.

A heat map is a function `(explainer, images, categories) -> (batch, H, W)`
registered in `HEATS`. `faithfulness` asks all of them the same. A new file in
this package that registers itself is asked, too.
"""

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.evaluation.causal.erasing import part_regions
from tf_explainer.evaluation.causal.performer_claims import (
    grad_cam_heat,
    integrated_gradients_heat,
    performer_score,
)
from tf_explainer.explainer import Explainer
from tf_explainer.layers.part_head import LEAST_PRESENCE
from tf_explainer.registry import Registry

Heat = Callable[[Explainer, np.ndarray, np.ndarray], np.ndarray]
HEATS: Registry[Heat] = Registry("heat map", __package__)
"""Name → heat map of what speaks for a category, one value a pixel."""

HEATS.register("grad_cam")(grad_cam_heat)
HEATS.register("integrated_gradients")(integrated_gradients_heat)


@HEATS.register("explainer")
def explainer_heat(
    explainer: Explainer, images: np.ndarray, categories: np.ndarray
) -> np.ndarray:
    """Returns the explainer's contributions, each where its part lies.

    What a part gives to the score (`contributions`, of its usual kind) is
    spread over the part's map in proportion to it; parts that are absent give
    nothing. In an explainer without parts each filter is one of its own, and
    its map is that of conv-interp-2. The ordinary track has no place, and is
    left out.

    Args:
        explainer: A trained `Explainer`.
        images: float32 `(batch, H, W, 3)`.
        categories: int `(batch,)`, whose score is explained.

    Returns:
        float32 `(batch, H, W)`; sums over a part's region are in proportion
        to its contribution.
    """
    features = _features(explainer, images)
    pieces = explainer.contributions(features, categories)
    return spread(explainer, features, np.asarray(pieces.parts))


@HEATS.register("equal_parts")
def equal_parts_heat(
    explainer: Explainer, images: np.ndarray, categories: np.ndarray
) -> np.ndarray:
    """Returns the heat of parts that all give the same: a control.

    It has the places of `explainer`, and knows nothing of the score.

    Args:
        explainer: A trained `Explainer`.
        images: float32 `(batch, H, W, 3)`.
        categories: Not read.

    Returns:
        float32 `(batch, H, W)`.
    """
    features = _features(explainer, images)
    parts = explainer.encoder.parts or explainer.filters
    return spread(explainer, features, np.ones((len(images), parts)))


def _features(explainer: Explainer, images: np.ndarray) -> Any:
    pixels = tf.constant(images, tf.float32)
    return explainer.attachment.features(pixels, training=False)


def spread(
    explainer: Explainer, features: Any, given: np.ndarray
) -> np.ndarray:
    """Spreads one number of each part over the part's map.

    Args:
        explainer: An `Explainer`.
        features: The performer's, of a batch of images.
        given: `(batch, parts)`, or `(batch, filters)` without parts.

    Returns:
        float32 `(batch, H, W)`: `sum_k given_k a_k(u) / sum_u' a_k(u')` at
        unit `u`, over the parts that are present, bilinear between units.
    """
    encoded: Any = explainer.encode(features)
    if explainer.encoder.parts:
        maps, least = encoded.part_maps[..., :-1], LEAST_PRESENCE
    else:
        maps, least = encoded.interp_2, 0.0
    maps = np.asarray(tf.cast(maps, tf.float32))
    height, mass = maps.max(axis=(1, 2)), maps.sum(axis=(1, 2))
    there = (height >= least) & (mass > 0)
    density = np.where(there, given, 0.0) / np.where(there, mass, 1.0)
    heat = np.einsum("bk,bhwk->bhw", density.astype(np.float32), maps)
    field = explainer.receptive_field
    return np.asarray(part_regions(tf.constant(heat[..., None]), field))[..., 0]


# Squares of two cells on a grid of eight: a quarter of each side.
CELLS = 8
WIDE = 2


@HEATS.register("occlusion")
def occlusion_heat(
    explainer: Explainer, images: np.ndarray, categories: np.ndarray
) -> np.ndarray:
    """Returns what the performer's score loses when a square is covered.

    A square, a quarter of each side wide, goes over the image in steps of an
    eighth and is filled with the image's mean color. The heat of a pixel is
    the mean over the squares that cover it.

    Args:
        explainer: An `Explainer`, whose performer is asked.
        images: float32 `(batch, H, W, 3)`.
        categories: int `(batch,)`, whose score is explained.

    Returns:
        float32 `(batch, H, W)`, in units of the performer's score.

    Source:
        Zeiler and Fergus 2014, "Visualizing and understanding convolutional
        networks".
    """
    score_of = performer_score(explainer)
    whole = np.asarray(score_of(tf.constant(images), categories)[0])
    color = images.mean(axis=(1, 2), keepdims=True)
    heat = np.zeros(images.shape[:3], np.float32)
    times = np.zeros(images.shape[1:3], np.float32)
    for square in squares(images.shape[1:3]):
        hidden = np.where(square[None, :, :, None], color, images)
        left = score_of(tf.constant(hidden, tf.float32), categories)[0]
        heat += (whole - np.asarray(left))[:, None, None] * square
        times += square
    return heat / times


def squares(size: Any) -> np.ndarray:
    """Returns the places of the square that `occlusion_heat` covers.

    Args:
        size: Height and width of the image, in pixels.

    Returns:
        bool `(places, H, W)`; each pixel is in one of them or more.
    """
    rows, columns = (np.arange(side) * CELLS // side for side in size)
    starts = np.arange(CELLS - WIDE + 1)
    down, across = (
        (cells >= starts[:, None]) & (cells < starts[:, None] + WIDE)
        for cells in (rows, columns)
    )
    every = down[:, None, :, None] & across[None, :, None, :]
    flat = every.reshape(-1, *every.shape[2:])
    return flat[flat.any(axis=(1, 2))]


@HEATS.register("center")
def center_heat(
    explainer: Explainer, images: np.ndarray, categories: np.ndarray
) -> np.ndarray:
    """Returns a heat that falls from the image's center: a control.

    The same for all images. Photographers put what counts in the middle.

    Args:
        explainer: Not read.
        images: `(batch, H, W, 3)`, of which the shape alone is read.
        categories: Not read.

    Returns:
        float32 `(batch, H, W)`.
    """
    rows, columns = (
        (np.arange(side) + 0.5) / side - 0.5 for side in images.shape[1:3]
    )
    heat = 1 - np.hypot(rows[:, None], columns[None])
    return np.broadcast_to(heat, images.shape[:3]).astype(np.float32)


@HEATS.register("random")
def random_heat(
    explainer: Explainer, images: np.ndarray, categories: np.ndarray
) -> np.ndarray:
    """Returns heat drawn at random, another one for each image: a control.

    A number for each unit of the target feature, bilinear between them, so
    that it is as smooth as that of the others.

    Args:
        explainer: An `Explainer`.
        images: float32 `(batch, H, W, 3)`; one and the same image always has
            the same heat, one that differs in a pixel another.
        categories: Not read.

    Returns:
        float32 `(batch, H, W)`.
    """
    field = explainer.receptive_field
    drawn = [
        np.random.default_rng(zlib.crc32(image.tobytes())).random(
            (*field.units, 1), dtype=np.float32
        )
        for image in images
    ]
    return np.asarray(part_regions(tf.constant(np.stack(drawn)), field))[..., 0]
