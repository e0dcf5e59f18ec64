"""No layer and no loss makes NaN of finite numbers, however odd."""

import functools
import itertools

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.layers import (
    ChannelNorm,
    MirrorShift,
    PartHead,
    PartMask,
    TrackMixer,
    part_places,
)
from tf_explainer.losses import FILTER_LOSSES, FilterLoss

LARGEST = float(np.finfo(np.float32).max)
SIZES = (0.0, 1e-42, 1e-30, 1e-7, 1.0, 1e5, 1e20, LARGEST)
SHAPES = ((4, 5, 5, 8), (1, 1, 1, 1), (6, 7, 4, 12), (0, 5, 5, 3), (2, 1, 6, 2))
FORMS = ("constant", "one hot", "random", "negative", "all sizes", "one map")
# So many maps of one filter and image are shown in all.
WANTED = 5000


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


ALL = [maps_of(*kind) for kind in itertools.product(SHAPES, SIZES, FORMS)]
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


def test_there_are_enough_of_them():
    """Maps of one filter in one image."""
    count = sum(len(maps) * maps.shape[-1] for maps in ALL)
    assert count >= WANTED, count
    assert all(np.isfinite(maps).all() for maps in ALL)


@functools.cache
def built(name, shape):
    """One layer for each shape."""
    layer = LAYERS[name]()
    layer.build(shape)
    return layer


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name):
    """Neither in training nor by what they have learned from such maps."""
    for maps in ALL:
        layer = built(name, maps.shape)
        # There is no step without images.
        for training in (True, False)[not len(maps) :]:
            out = np.asarray(layer(maps, training=training))
            assert not np.isnan(out).any(), (maps.shape, maps.max())
        if hasattr(layer, "commit_alpha") and len(maps):
            layer.commit_alpha()
        for value in layer.weights:
            assert np.isfinite(value).all(), (value.path, maps.max())


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", LAYERS)
def test_layers_in_half_precision(name, dtype):
    """The same of maps that such numbers can hold."""
    largest = float(tf.as_dtype(dtype).max)
    layer = LAYERS[name]()
    layer = type(layer).from_config({**layer.get_config(), "dtype": dtype})
    for maps in ALL:
        if maps.shape == SHAPES[0]:
            half = tf.cast(np.clip(maps, -largest, largest), dtype)
            out = np.asarray(layer(half, training=True), np.float32)
            assert not np.isnan(out).any(), maps.max()


@pytest.mark.parametrize("kind", FILTER_LOSSES.names())
def test_filter_losses(kind):
    """Value and gradient, with and without a scale of its own."""
    settings = ExplainerSettings()
    for peak_score in (0.0, 1.0):
        layer = FilterLoss(
            kind,
            beta=settings.beta,
            peak_score=peak_score,
            diversity=settings.diversity,
            diversity_reach=1,
            initial_weight=1.0,
        )
        for maps in ALL:
            if maps.shape == SHAPES[0]:
                check_filter_loss_of(layer, tf.constant(np.abs(maps)))


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


def test_places_of_parts():
    """Of maps of any height."""
    for maps in ALL:
        for found in part_places(np.abs(maps)):
            assert np.isfinite(found).all(), (maps.shape, maps.max())


def test_a_mixture_and_a_part_head():
    """Of both tracks; parts of features of any size."""
    mixer = TrackMixer(
        initial_p=0.5, p_rate=1.0, ordinary_dropout=0.5, noise=0.1
    )
    for maps in ALL:
        mixed = np.asarray(mixer([maps, maps[::-1]], training=True))
        assert not np.isnan(mixed).any(), (maps.shape, maps.max())
        if maps.shape == SHAPES[0]:
            head = PartHead(2, 4)
            head.build(maps.shape)
            usual = np.clip(maps, -1e15, 1e15)
            head.standardize(usual.mean((0, 1, 2)), usual.std((0, 1, 2)))
            assert np.isfinite(head(usual)).all(), maps.max()
