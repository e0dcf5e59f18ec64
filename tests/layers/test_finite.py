"""No layer and no loss makes NaN of finite numbers, however odd."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from tests.torture.odd_maps import (
    FORMS,
    LAYERS,
    SHAPES,
    SIZES,
    check_filter_loss_of,
    check_layer_of,
    maps_of,
)
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.layers import PartHead, TrackMixer, part_places
from tf_explainer.losses import FILTER_LOSSES, FilterLoss

# So many maps of one filter and image are shown in all.
WANTED = 5000


ALL = [maps_of(*kind) for kind in itertools.product(SHAPES, SIZES, FORMS)]


def test_there_are_enough_of_them():
    """Maps of one filter in one image."""
    count = sum(len(maps) * maps.shape[-1] for maps in ALL)
    assert count >= WANTED, count
    assert all(np.isfinite(maps).all() for maps in ALL)


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name):
    """Neither in training nor by what they have learned from such maps."""
    for maps in ALL:
        check_layer_of(name, maps)


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
