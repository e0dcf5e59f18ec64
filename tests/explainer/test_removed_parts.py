"""Parts that are removed from images while the rest learns."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.callbacks.freezing import freeze_interpretable_track
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.removed_parts import (
    erased_target,
    with_removed_parts,
)
from tf_explainer.testing import toy_images, toy_performer


@pytest.fixture(scope="module")
def explainer():
    """One of three parts; its head need not have learned."""
    return Explainer.from_performer(toy_performer(), parts=3)


def test_erased_target_by_definition():
    """`x (1 - e) + e mean of x under the background`."""
    generator = np.random.default_rng(0)
    target = generator.normal(size=(2, 3, 3, 4)).astype("float32")
    maps = generator.dirichlet(np.ones(3), (2, 3, 3)).astype("float32")
    removed = np.float32([[1, 0], [1, 1]])
    found = np.asarray(erased_target(target, maps, removed))
    for image in range(2):
        weight = maps[image, ..., -1:]
        fill = (target[image] * weight).sum((0, 1)) / (weight.sum() + 1e-3)
        gone = maps[image, ..., :2] @ removed[image]
        expected = target[image] * (1 - gone[..., None])
        expected += gone[..., None] * fill
        np.testing.assert_allclose(found[image], expected, rtol=1e-5)


def test_removed_parts_change_what_has_to_be_rebuilt(explainer):
    """To what the performer makes of the erased target; others stay."""
    features = explainer.attachment.features(toy_images())
    freeze_interpretable_track(explainer, removal=0.5)
    try:
        changed, given = with_removed_parts(explainer, features)
    finally:
        freeze_interpretable_track(explainer, removal=0.0)
        explainer.encoder.part_head.trainable = True
    kept = np.asarray(given["kept"])
    some = (kept == 0).any(axis=1)
    assert 0 < some.sum() < len(some) and set(np.unique(kept)) <= {0, 1}
    np.testing.assert_array_equal(changed["target"], features["target"])
    maps = explainer.encoder.part_maps(features["target"])
    erased = erased_target(features["target"], maps, 1 - kept)
    expected = explainer.attachment.upper(erased)
    for layer in explainer.reconstructed_layers:
        one, before = np.asarray(changed[layer]), np.asarray(features[layer])
        np.testing.assert_allclose(one, expected[layer], rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(one[~some], before[~some])


def unpadded_performer():
    """Returns a CNN with a convolution of stride 2 above its target."""
    layers = keras.layers
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(4, 3, strides=2, activation="relu", name="low")(image)
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="top")(x)
    x = layers.Conv2D(4, 3, strides=2, activation="relu", name="high")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(3)(x))


@pytest.mark.parametrize("jit_compile", [False, True])
def test_parts_removed_from_no_image_change_nothing(jit_compile):
    """TensorFlow convolves no images to a wrong height and width."""
    explainer = Explainer.from_performer(
        unpadded_performer(), "low", "top", ("high",), parts=3
    )
    features = explainer.attachment.features(toy_images(4))
    freeze_interpretable_track(explainer, removal=1e-9)
    run = tf.function(
        lambda: with_removed_parts(explainer, features)[0],
        jit_compile=jit_compile,
    )
    changed = run()
    for layer, values in features.items():
        np.testing.assert_array_equal(changed[layer], values)
