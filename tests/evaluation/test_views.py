"""Views: what happens to pixels happens to points."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.evaluation.moved_images import Views

SIZE = 60


def spot(row, column, radius=3):
    """A black image with a soft white spot, place in fractions."""
    rows, columns = (np.indices((SIZE, SIZE)) + 0.5) / SIZE
    square = (rows - row) ** 2 + (columns - column) ** 2
    light = np.exp(-square * SIZE**2 / (2 * radius**2))
    return (255 * light[..., None] * np.ones(3)).astype(np.uint8)


def center(image):
    """Where the light is, in fractions."""
    weight = image[..., 0].astype(float)
    rows, columns = (np.indices((SIZE, SIZE)) + 0.5) / SIZE
    return (
        np.array([(weight * rows).sum(), (weight * columns).sum()])
        / weight.sum()
    )


@pytest.mark.parametrize("flip", [False, True])
def test_points_follow_the_pixels(flip):
    """A spot lies where `points` says, to a tenth of a pixel."""
    places = np.random.default_rng(0).uniform(0.4, 0.6, (8, 1, 2))
    images = np.stack([spot(*place[0]) for place in places])
    views = Views.draw(8, seed=3, flip=flip)
    assert views.flips.any() == flip
    moved = list(
        views.images(
            tf.data.Dataset.from_tensor_slices(images), SIZE
        ).as_numpy_iterator()
    )
    found = np.stack([center(image) for image in moved])
    np.testing.assert_allclose(
        found, views.points(places)[:, 0], atol=0.1 / SIZE
    )


def test_known_view():
    """A crop of the lower right quarter, by hand."""
    views = Views(np.array([[0.5, 0.5]]), np.array([0.5]), np.array([False]))
    points = np.array([[[0.5, 0.5], [0.75, 1.0], [0.25, 0.5]]])
    np.testing.assert_allclose(
        views.points(points), [[[0, 0], [0.5, 1], [-0.5, 0]]]
    )


def test_limits_and_seed():
    """Shifts and scales stay within ±15 %; one seed, one result."""
    views, again = Views.draw(500, seed=1), Views.draw(500, seed=1)
    np.testing.assert_array_equal(views.origins, again.origins)
    assert 0.85 <= views.sides.min() < 0.86 < 1.14 < views.sides.max() <= 1.15
    shifts = views.origins + views.sides[:, None] / 2 - 0.5
    assert 0.14 < np.abs(shifts).max() <= 0.15


def test_arrays_are_moved_alike():
    """As the data set's images, but not rounded; and on wide images, too."""
    images = np.stack([spot(0.45, 0.55), spot(0.5, 0.4)])
    views = Views.draw(2, seed=5, flip=True)
    data = tf.data.Dataset.from_tensor_slices(images)
    moved = np.stack([*views.images(data, SIZE).as_numpy_iterator()])
    found = views.of_array(images)
    np.testing.assert_allclose(found, moved, atol=0.51)
    wide = np.repeat(images, 2, axis=2) / 255
    expected = views.points(np.array([[[0.45, 0.55]], [[0.5, 0.4]]]))[:, 0]
    for image, place in zip(views.of_array(wide), expected, strict=True):
        weight = image[..., 0].astype(float)
        height, width = weight.shape
        rows = (np.arange(height)[:, None] + 0.5) / height
        columns = (np.arange(width) + 0.5) / width
        light = [(weight * rows).sum(), (weight * columns).sum()]
        np.testing.assert_allclose(
            np.array(light) / weight.sum(), place, atol=0.2 / SIZE
        )
