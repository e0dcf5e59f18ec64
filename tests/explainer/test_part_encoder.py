"""PartEncoder: filters inside their parts, the background beside them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.explainer import PartEncoder
from tf_explainer.layers import part_templates
from tf_explainer.testing import check_layer

POOL = keras.saving.serialize_keras_object(keras.layers.MaxPooling2D())
FEATURE = np.random.default_rng(0).normal(size=(3, 6, 6, 5)).astype("float32")
SETTINGS = {
    **{"filters": 7, "parts": 3, "pool": POOL, "beta": 2.0},
    **{"norm": "energy", "initial_p": 0.5, "p_rate": 1.0},
}


@pytest.fixture
def encoder():
    """Untrained."""
    keras.utils.set_random_seed(0)
    encoder = PartEncoder(**SETTINGS)
    encoder(FEATURE)
    return encoder


def test_contract():
    """Round trips, XLA, mixed precision."""
    check_layer(PartEncoder, SETTINGS, FEATURE)


def test_maps_by_definition(encoder):
    """`x_f = ReLU(conv_f(x)) a_k max(T(mu_k), 0) / tau`, image by image."""
    found = encoder(FEATURE)
    maps = np.asarray(found.part_maps, np.float64)
    plain = np.asarray(encoder.conv_interp(FEATURE))
    templates = part_templates(6, beta=2.0) * 2 * 36
    assert (plain >= 0).all() and plain.any()
    for image in range(3):
        for index in range(7):
            part = maps[image, ..., index % 3]
            mask = np.maximum(templates[part.argmax()], 0)
            expected = plain[image, ..., index] * part * mask
            np.testing.assert_allclose(
                found.interp_2[image, ..., index], expected, atol=1e-5
            )


def test_the_ordinary_track_sees_the_background_alone(encoder):
    """`ReLU(conv(x)) a_bg`."""
    found = encoder(FEATURE)
    expected = np.asarray(encoder.conv_ordin(FEATURE))
    expected = expected * np.asarray(found.part_maps)[..., -1:]
    np.testing.assert_allclose(found.ordinary, expected, atol=1e-6)


def test_left_out_parts_show_nothing(encoder):
    """And the others show what they did."""
    kept = np.float32([[1, 0, 1]] * 3)
    whole, less = encoder(FEATURE), encoder(FEATURE, kept=kept)
    gone = np.arange(7) % 3 == 1
    assert not np.asarray(less.interp_2)[..., gone].any()
    np.testing.assert_array_equal(
        np.asarray(less.interp_2)[..., ~gone],
        np.asarray(whole.interp_2)[..., ~gone],
    )


def test_images_without_some_parts_do_not_count(encoder):
    """α is that of the two whole images."""
    kept = np.float32([[1, 1, 1], [0, 1, 1], [1, 1, 1]])
    encoder(FEATURE, kept=kept, training=True)
    encoder.norm_interp.commit_alpha()
    whole = np.asarray(encoder(FEATURE[::2]).interp_2)
    energy = (whole**2).sum(axis=(1, 2)).mean(axis=0)
    np.testing.assert_allclose(
        encoder.norm_interp.alpha, np.sqrt(energy), rtol=1e-4
    )


def test_no_gradient_reaches_the_part_maps(encoder):
    """Where parts are is not what makes the features easy to rebuild."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(encoder(FEATURE).output)
    head = encoder.part_head.trainable_weights
    gradients = tape.gradient(loss, head + encoder.conv_interp.weights)
    assert all(one is None for one in gradients[: len(head)])
    assert all(one is not None for one in gradients[len(head) :])


def test_filters_go_where_they_show_most(encoder):
    """Evenly: three parts of two or three filters."""
    energies = np.random.default_rng(1).uniform(0, 0.1, (7, 3))
    wanted = np.array([2, 2, 0, 0, 1, 1, 2])
    energies[np.arange(7), wanted] += 1
    encoder.give_filters(energies)
    np.testing.assert_array_equal(encoder.part_of_filter, wanted)
    encoder.give_filters(np.ones((7, 3)) * [1, 0, 0])
    counts = np.bincount(encoder.part_of_filter, minlength=3)
    assert sorted(counts) in ([2, 2, 3], [1, 3, 3])


def test_silent_parts_get_no_filter(encoder):
    """The others share them."""
    encoder.part_head.silence_parts([False, True, False])
    encoder.give_filters(np.ones((7, 3)))
    counts = np.bincount(encoder.part_of_filter, minlength=3)
    assert counts[1] == 0 and sorted(counts[[0, 2]]) == [3, 4]
