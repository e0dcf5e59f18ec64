"""PartMask on maps whose mask is known."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.layers import PartMask, part_templates
from tf_explainer.testing import check_layer

SETTINGS = {"beta": 4.0, "mask": "argmax", "silence": 0.0}


def part_mask(**settings):
    """Returns a mask of the usual settings but for those given."""
    return PartMask(**SETTINGS | settings)


def test_by_hand():
    """The peak is kept, its neighbors lose β/L, all else is silenced."""
    maps = np.ones((1, 4, 4, 1), "float32")
    maps[0, 1, 2] = 5.0
    expected = np.zeros((4, 4))
    expected[1, 2] = 5.0
    masked = part_mask(beta=2.0)(maps)[0, :, :, 0]
    for i, j in [(0, 2), (2, 2), (1, 1), (1, 3)]:
        expected[i, j] = 0.5
    np.testing.assert_allclose(masked, expected)


def test_is_positive_part_of_template():
    """`x ∘ max(T, 0) / τ`, for every peak of a map that is not square."""
    templates = part_templates(5, 3, beta=4.0) / (0.5 / 15)
    for unit in range(15):
        maps = np.full((1, 5, 3, 1), 0.5, "float32")
        maps[0, unit // 3, unit % 3] = 1.0
        expected = maps[0, :, :, 0] * np.maximum(templates[unit], 0)
        np.testing.assert_allclose(
            part_mask()(maps)[0, :, :, 0], expected, atol=1e-6
        )


@pytest.mark.parametrize("center", ["argmax", "centroid"])
def test_silent_map_stays_silent(center):
    """A map without a positive unit has no peak, not the corner's mask."""
    maps = np.zeros((2, 4, 4, 3), "float32")
    assert not np.asarray(part_mask(mask=center)(maps)).any()


def test_centroid_by_hand():
    """Weights 1 and 3 in one row: the center is three quarters along."""
    maps = np.zeros((1, 1, 5, 1), "float32")
    maps[0, 0, 0], maps[0, 0, 4] = 1.0, 3.0
    masked = part_mask(beta=1.0, mask="centroid")(maps)[0, 0, :, 0]
    np.testing.assert_allclose(masked, [1 - 3 / 5, 0, 0, 0, 3 * (1 - 1 / 5)])


def test_mask_is_constant_for_the_gradient():
    """d sum(y) / dx is the mask itself."""
    maps = tf.random.stateless_uniform((2, 5, 5, 3), seed=(0, 1))
    with tf.GradientTape() as tape:
        tape.watch(maps)
        masked = part_mask()(maps)
    gradient = tape.gradient(masked, maps)
    np.testing.assert_allclose(gradient * maps, masked, rtol=1e-6)


@pytest.mark.parametrize("center", ["argmax", "centroid"])
def test_contract(center):
    """Config, files, XLA, precision."""
    maps = np.random.default_rng(0).random((2, 5, 4, 3), "float32")
    check_layer(PartMask, SETTINGS | {"beta": 3.0, "mask": center}, maps)


@pytest.mark.parametrize(
    "name,value",
    [("beta", 0.0), ("mask", "middle"), ("silence", 1.0), ("momentum", -0.1)],
)
def test_rejects(name, value):
    """The message names the argument and the value received."""
    with pytest.raises(ValueError, match=f"`{name}`.*received.*{value}"):
        part_mask(**{name: value})


def test_silent_in_its_weakest_images():
    """Half of the images by the batch's own quantile; the strong ones stay."""
    mask = part_mask(silence=0.5)
    maps = np.zeros((5, 3, 3, 1), "float32")
    maps[:, 1, 1, 0] = [1.0, 2.0, 3.0, 4.0, 5.0]
    masked = np.asarray(mask(maps, training=True))
    np.testing.assert_allclose(mask.threshold, [3.0])
    np.testing.assert_allclose(masked[:, 1, 1, 0], [0, 0, 0, 4, 5])


def test_threshold_follows_the_peaks():
    """`0.8 * old + 0.2 * new`; inference and a frozen layer move nothing."""
    mask = part_mask(silence=0.5)
    maps = np.full((4, 3, 3, 1), 10.0, "float32")
    mask(maps, training=True)
    mask(2 * maps, training=True)
    np.testing.assert_allclose(mask.threshold, [12.0], rtol=1e-6)
    mask(9 * maps)
    mask.trainable = False
    mask(9 * maps, training=True)
    np.testing.assert_allclose(mask.threshold, [12.0], rtol=1e-6)


def test_contract_with_a_threshold():
    """The threshold is kept by files, XLA and mixed precision."""
    maps = np.random.default_rng(0).random((6, 4, 4, 3)).astype("float32")
    check_layer(PartMask, SETTINGS | {"silence": 0.3}, maps)
