"""Finite maps of odd kinds, and the layers and losses that they go through."""

import functools

import numpy as np
import tensorflow as tf

from tf_explainer.layers import ChannelNorm, MirrorShift, PartMask

LARGEST = float(np.finfo(np.float32).max)
SIZES = (0.0, 1e-42, 1e-30, 1e-7, 1.0, 1e5, 1e20, LARGEST)
SHAPES = ((4, 5, 5, 8), (1, 1, 1, 1), (6, 7, 4, 12), (0, 5, 5, 3), (2, 1, 6, 2))
FORMS = ("constant", "one hot", "random", "negative", "all sizes", "one map")


def maps_of(shape, size, form, seed=0):
    """Finite float32 maps of an odd kind."""
    random = np.random.default_rng(seed)
    maps = np.zeros(shape)
    if form == "constant":
        maps[:] = size
    elif form == "one hot":
        flat = maps.reshape(shape[0], shape[1] * shape[2], shape[3])
        flat[:, random.integers(flat.shape[1])] = size
    elif form == "one map":
        maps[:1, ..., :1] = size
    elif form == "negative":
        maps[:] = -size * random.random(shape)
    elif form == "all sizes":
        maps[:] = random.choice([*SIZES, *(-s for s in SIZES)], shape)
    else:
        maps[:] = size * random.random(shape)
    return np.clip(maps, -LARGEST, LARGEST).astype(np.float32)


TEMPLATES = {"beta": 4.0, "silence": 0.0}
LAYERS = {
    "energy": lambda: ChannelNorm("energy"),
    "sum": lambda: ChannelNorm("sum"),
    "scale free": lambda: ChannelNorm("energy", scale_free=True),
    "argmax": lambda: PartMask(mask="argmax", **TEMPLATES),
    "centroid": lambda: PartMask(mask="centroid", **TEMPLATES),
    "silence": lambda: PartMask(mask="argmax", beta=4.0, silence=0.3),
    "mirror": lambda: MirrorShift(2),
}


@functools.cache
def built(name, shape):
    """One layer for each shape."""
    layer = LAYERS[name]()
    layer.build(shape)
    return layer


def check_layer_of(name, maps):
    """Neither in training nor by what it has learned from such maps."""
    layer = built(name, maps.shape)
    # There is no step without images.
    for training in (True, False)[not len(maps) :]:
        out = np.asarray(layer(maps, training=training))
        assert not np.isnan(out).any(), (maps.shape, maps.max())
    if hasattr(layer, "commit_alpha") and len(maps):
        layer.commit_alpha()
    for value in layer.weights:
        assert np.isfinite(value).all(), (value.path, maps.max())


def check_filter_loss_of(layer, maps):
    """One backward pass that brings zeros."""
    frame = [[1.0, 0, 0], [0, 1, 0]]
    frames = tf.constant([frame] * len(maps))
    with tf.GradientTape() as tape:
        tape.watch(maps)
        total = tf.reduce_sum(0.0 * layer(maps, frames=frames))
    gradient = tape.gradient(total, maps)
    values = (gradient, layer.value(maps, frames))
    assert all(np.isfinite(one).all() for one in values), np.max(maps)
