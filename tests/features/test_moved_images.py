"""Moved images, and whether the frames say how they moved."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.features.views import LIGHT, moved_images


def _dots(count, height, width, seed=0):
    """Returns images of one blurred dot each and the dots' places."""
    random = np.random.default_rng(seed)
    places = random.uniform(0.35, 0.65, (count, 2))
    rows = (np.arange(height) + 0.5) / height
    columns = (np.arange(width) + 0.5) / width
    away = (rows[None, :, None] - places[:, 0, None, None]) ** 2 + (
        columns[None, None, :] - places[:, 1, None, None]
    ) ** 2
    images = np.exp(-away / 0.002)[..., None] * np.ones(3)
    return images.astype("float32"), places


def _centers(images):
    """Centers of mass, fractions of the image."""
    weight = np.asarray(images)[..., 0].astype("float64")
    weight /= weight.sum(axis=(1, 2), keepdims=True)
    _, height, width = weight.shape
    rows = (np.arange(height) + 0.5) / height
    columns = (np.arange(width) + 0.5) / width
    return np.stack(
        [
            np.einsum("bhw,h->b", weight, rows),
            np.einsum("bhw,w->b", weight, columns),
        ],
        axis=-1,
    )


@pytest.mark.parametrize("size", [(48, 48), (40, 64)])
def test_frames_lead_back_to_the_image(size):
    """`A q + t` of a dot's place in the view is its place in the image."""
    images, places = _dots(24, *size)
    views, frames = moved_images(tf.constant(images), (3, 4))
    seen = _centers(views)
    back = np.einsum("bij,bj->bi", frames[..., :2], seen) + frames[..., 2]
    np.testing.assert_allclose(back, places, atol=4e-3)
    assert np.abs(seen - places).max() > 0.1


def test_half_are_mirrored_and_none_is_sheared():
    """Determinants: a scale squared, of either sign."""
    images = tf.zeros((400, 8, 8, 3))
    _, frames = moved_images(images, (0, 1))
    linear = np.asarray(frames)[..., :2]
    determinant = np.linalg.det(linear)
    assert 0.4 < (determinant < 0).mean() < 0.6
    lengths = np.linalg.norm(linear, axis=1)
    np.testing.assert_allclose(lengths[:, 0], lengths[:, 1], rtol=1e-5)
    assert lengths.min() >= 1 / 1.2801 and lengths.max() <= 1.2801


def test_the_same_seed_gives_the_same_views():
    """And another one does not."""
    images, _ = _dots(4, 16, 16)
    first, _ = moved_images(tf.constant(images), (1, 2))
    again, _ = moved_images(tf.constant(images), (1, 2))
    other, _ = moved_images(tf.constant(images), (1, 3))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_light_changes_by_a_fifth_at_most():
    """A gray image stays gray."""
    views, _ = moved_images(tf.fill((64, 8, 8, 3), 100.0), (5, 6))
    values = np.asarray(views)
    assert (np.ptp(values, axis=(1, 2, 3)) < 1e-3).all()
    assert 100 * (1 - LIGHT) <= values.min() < 90 < 110 < values.max() <= 120
