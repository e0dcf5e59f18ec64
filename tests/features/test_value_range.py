"""Images of 0 to 1 are noticed where the performer scales 0 to 255."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer import Explainer
from tf_explainer.attachment import FlatGraph, ScaledImage
from tf_explainer.features.value_range import scaling_layer
from tf_explainer.testing import toy_images, toy_performer

layers = keras.layers
FRONTS = {
    "rescaling": (lambda: [layers.Rescaling(1 / 255)], True),
    "to -1..1": (lambda: [layers.Rescaling(1 / 127.5, offset=-1)], True),
    "torch": (lambda: [ScaledImage("torch")], True),
    "mean": (lambda: [ScaledImage("caffe")], True),
    "normalized": (
        lambda: [layers.Normalization(mean=[120.0] * 3, variance=[3600.0] * 3)],
        True,
    ),
    "flips first": (
        lambda: [layers.Rescaling(1 / 255), layers.Dropout(0.1)],
        True,
    ),
    "none": (lambda: [], False),
    "of 0 to 1": (
        lambda: [layers.Normalization(mean=[0.5] * 3, variance=[0.06] * 3)],
        False,
    ),
    "doubled": (lambda: [layers.Rescaling(2.0, offset=-1)], False),
}


@pytest.mark.parametrize("front", FRONTS)
def test_where_a_performer_scales(front):
    """Only what certainly expects 0-255 is named."""
    make, scales = FRONTS[front]
    model = keras.Sequential(
        [keras.Input((6, 6, 3)), *make(), layers.Conv2D(2, 3)]
    )
    assert bool(scaling_layer(FlatGraph.of(model))) == scales


def test_an_operation_scales(tmp_path):
    """`x / 255` is no layer."""
    image = keras.Input((6, 6, 3))
    model = keras.Model(image, layers.Conv2D(2, 3)(image / 255.0))
    assert scaling_layer(FlatGraph.of(model)) is not None


@pytest.fixture(scope="module")
def performer():
    """One that divides by 255."""
    return toy_performer()


@pytest.fixture
def explainer(performer):
    """A new one, which has warned of nothing."""
    return Explainer.from_performer(
        performer,
        preset="filters",
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda explainer, x: explainer(x),
        lambda explainer, x: explainer.predict(
            tf.data.Dataset.from_tensor_slices(x).batch(3), verbose=0
        ),
        pytest.param(
            lambda explainer, x: explainer.fit(x, verbose=0, views=1),
            marks=pytest.mark.slow,
        ),
    ],
)
@pytest.mark.usefixtures("eagerly")
def test_warns_once(explainer, call):
    """Whatever the images are handed to first."""
    with pytest.warns(UserWarning, match="end at (0.9|1).*0–255.*\\* 255"):
        call(explainer, toy_images(6) / 255)
    explainer(toy_images(6) / 255)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((4, 32, 32, 3), "float32"),
        np.random.default_rng(0).integers(0, 2, (4, 32, 32, 3)),
        np.random.default_rng(0).integers(0, 2, (4, 32, 32, 3)).astype(float),
        toy_images(1) / 255,
        toy_images(3),
    ],
)
def test_no_false_alarm(explainer, images):
    """Black and dark images, and a single one."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        explainer(images)
        list(explainer.examples.examples(images))
        explainer.examples.values.tell()
