"""Equivariance of filters whose answer is known."""

import types

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.evaluation.label_free import equivariance

SIZE = 48


def spots(count=12):
    """A white square on black, anywhere near the middle."""
    generator = np.random.default_rng(0)
    images = np.zeros((count, SIZE, SIZE, 3), np.uint8)
    for image, (row, column) in zip(
        images, generator.integers(14, 28, (count, 2)), strict=True
    ):
        image[row : row + 6, column : column + 6] = 255
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.zeros(count, np.int32),
        landmarks=np.zeros((count, 0, 2), np.float32),
        files=tuple(map(str, range(count))),
    )


class Seer:
    """Three filters at every pixel: bright, always the center, dead."""

    receptive_field = types.SimpleNamespace(image=(SIZE, SIZE))

    def layer_maps(self, images):
        """Brightness around each pixel, a constant map, nothing."""
        bright = tf.nn.avg_pool2d(images[..., :1], 7, 1, "SAME")
        center = tf.one_hot(SIZE * SIZE // 2 + SIZE // 2, SIZE * SIZE)
        still = tf.reshape(center, (1, SIZE, SIZE, 1)) + 0 * bright
        return {"interp_2": tf.concat([bright, still, 0 * bright], axis=-1)}

    def peaks_of(self, maps):
        """Centers of the strongest pixels."""
        flat = tf.reshape(maps, (-1, SIZE * SIZE, 3))
        unit = tf.argmax(flat, axis=1)
        place = tf.stack([unit // SIZE, unit % SIZE], axis=-1)
        return (tf.cast(place, tf.float32) + 0.5) / SIZE, tf.reduce_max(flat, 1)


@pytest.fixture(scope="module")
def found():
    """Equivariance of the three filters."""
    return equivariance(Seer(), spots(), batch_size=5)["interp_2"]


def test_known_filters(found):
    """The bright spot is followed, the center is not, the dead one unknown."""
    assert found[0] > 0.9
    np.testing.assert_allclose(found[1], 0, atol=1e-6)
    assert np.isnan(found[2])


def test_seed(found):
    """One seed, one result, whatever the batch size."""
    again = equivariance(Seer(), spots(), batch_size=12)["interp_2"]
    np.testing.assert_array_equal(found, again)
