"""The terms that find parts: values by hand and by their definitions."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.losses import part_maps
from tf_explainer.losses.equivariance import STILL

SIDE = 6
AS_IT_IS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
MIRRORED = [[1.0, 0.0, 0.0], [0.0, -1.0, SIDE - 1.0]]
SHIFTED = [[1.0, 0.0, 1.0], [0.0, 1.0, -2.0]]


@pytest.fixture
def maps():
    """Random maps of three parts and a background, `(4, 6, 6, 4)`."""
    values = np.random.default_rng(0).normal(size=(4, SIDE, SIDE, 4))
    return tf.nn.softmax(tf.constant(2 * values, tf.float32))


def frames(*rows):
    """Frames as a tensor."""
    return tf.constant(rows, tf.float32)


def test_moved_by_whole_units():
    """Unit u of the image lies at u - t in a view that is shifted by t."""
    values = np.random.default_rng(1).normal(size=(1, SIDE, SIDE, 2))
    moved, inside = part_maps.moved_into(
        tf.constant(values, tf.float32), frames(SHIFTED), frames(AS_IT_IS)
    )
    assert np.asarray(inside)[0].sum() == 5 * 4
    np.testing.assert_allclose(
        np.asarray(moved)[0, 1:, :-2], values[0, :-1, 2:], rtol=1e-5
    )
    assert not np.asarray(inside)[0, 0].any()


def test_moved_there_and_back():
    """Mirrored maps lie mirrored in the image."""
    values = np.random.default_rng(1).normal(size=(1, SIDE, SIDE, 2))
    moved, inside = part_maps.moved_into(
        tf.constant(values, tf.float32), frames(MIRRORED), frames(AS_IT_IS)
    )
    np.testing.assert_allclose(moved, values[:, :, ::-1], rtol=1e-5)
    assert np.asarray(inside).all()


def test_turned_frames_are_inverted(maps):
    """A view moved into itself is itself, whatever its frame."""
    frame = frames([[0.8, 0.3, 1.0], [-0.3, 0.9, 0.5]])
    moved, _ = part_maps.moved_into(maps[:1], frame, frame)
    np.testing.assert_allclose(moved, maps[:1], atol=1e-4)


def test_map_equivariance(maps):
    """One less the mean cosine of the parts' maps, the background left out."""
    inside = np.ones((4, SIDE, SIDE), "float32")
    inside[:, 0] = 0
    other = tf.reverse(maps, [0])
    found = float(part_maps.map_equivariance(maps, other, inside))
    one, two = (np.asarray(x)[:, 1:, :, :3] for x in (maps, other))
    length = np.linalg.norm(one.reshape(4, -1, 3), axis=1)
    length = length * np.linalg.norm(two.reshape(4, -1, 3), axis=1)
    cosines = (one * two).sum(axis=(1, 2)) / length
    assert found == pytest.approx(1 - cosines.mean(), abs=1e-5)
    same = part_maps.map_equivariance(maps, maps, inside)
    assert float(same) == pytest.approx(0, abs=1e-5)


def test_presence_asks_a_quarter_of_the_images():
    """A part in one of four images costs nothing; one that is nowhere, 1."""
    maps = np.zeros((4, SIDE, SIDE, 3), "float32")
    maps[2, 1:4, 2:5, 0] = 1
    maps[..., 2] = 1 - maps[..., 0]
    assert float(part_maps.presence(maps)) == pytest.approx(0.5)


def test_concentration(maps):
    """Mean squared distance from the part's own center, in sides."""
    values, expected = np.asarray(maps, np.float64), []
    grid = np.stack(np.indices((SIDE, SIDE)), axis=-1)
    for image in values[..., :3]:
        for part in np.moveaxis(image, -1, 0):
            weight = part[..., None] / part.sum()
            center = (weight * grid).sum(axis=(0, 1))
            away = ((grid - center) ** 2).sum(axis=-1)
            expected.append((weight[..., 0] * away).sum() / SIDE**2)
    found = float(part_maps.concentration(maps))
    assert found == pytest.approx(np.mean(expected), rel=1e-4)


def test_orthogonality(maps):
    """The Gram matrix of the parts' mean features against the identity."""
    features = np.random.default_rng(2).normal(size=(4, SIDE, SIDE, 5))
    found = part_maps.orthogonality(maps, tf.constant(features, tf.float32))
    expected = []
    for image, values in zip(np.asarray(maps), features, strict=True):
        units = values.reshape(-1, 5) - values.reshape(-1, 5).mean(axis=0)
        means = image[..., :3].reshape(-1, 3).T @ units
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        expected.append((means @ means.T - np.eye(3)) ** 2)
    assert float(found) == pytest.approx(np.mean(expected), rel=1e-3)


def test_entropy():
    """Of equal shares it is log 4, of a decision 0."""
    even = np.full((1, 2, 2, 4), 0.25, "float32")
    assert float(part_maps.entropy(even)) == pytest.approx(np.log(4), rel=1e-5)
    sure = np.eye(4, dtype="float32")[[[[0, 1], [2, 3]]]]
    assert float(part_maps.entropy(sure)) == pytest.approx(0, abs=1e-6)


def test_background_is_outside():
    """In the corners it costs nothing, in the middle much."""
    outside, inside = np.zeros((2, 1, SIDE, SIDE, 2), "float32")
    outside[0, :2, :2, 1] = 1
    inside[0, 2:4, 2:4, 1] = 1
    costs = [float(part_maps.background(one)) for one in (outside, inside)]
    assert costs[0] == pytest.approx(0, abs=1e-3) and costs[1] > 2


def test_peak_equivariance():
    """Peaks one column off, by hand."""
    logits = np.zeros((4, SIDE, SIDE, 2), "float32")
    for image, (row, column) in enumerate([(1, 1), (1, 1), (4, 3), (4, 4)]):
        logits[image, ..., 0] = -20
        logits[image, row, column, 0] = 20
    found = part_maps.peak_equivariance(
        tf.constant(logits), frames(*[AS_IT_IS] * 4)
    )
    variance = np.var([1, 1, 4, 4]) + np.var([1, 1, 3, 4])
    expected = 0.5 / (2 * variance + STILL * SIDE**2)
    assert float(found) == pytest.approx(expected, rel=1e-3)


def test_loss_is_the_weighted_sum(maps):
    """Of all terms, and its gradient is finite where maps are empty."""
    logits = tf.Variable(tf.math.log(maps + 1e-6))
    features = tf.random.stateless_normal((4, SIDE, SIDE, 5), (0, 1))
    with tf.GradientTape() as tape:
        terms = part_maps.part_loss(
            logits, features, frames(*[AS_IT_IS, MIRRORED] * 2)
        )
    assert set(terms) == {*part_maps.WEIGHTS, "loss"}
    total = sum(
        weight * float(terms[name])
        for name, weight in part_maps.WEIGHTS.items()
    )
    assert float(terms["loss"]) == pytest.approx(total, rel=1e-5)
    assert np.isfinite(tape.gradient(terms["loss"], logits)).all()


def test_an_empty_part_has_a_finite_gradient():
    """A map of zeros has no length to divide by."""
    logits = tf.Variable(np.full((4, SIDE, SIDE, 3), -60, "float32"))
    logits[..., 2].assign(tf.fill((4, SIDE, SIDE), 60.0))
    features = tf.zeros((4, SIDE, SIDE, 5))
    with tf.GradientTape() as tape:
        loss = part_maps.part_loss(
            logits, features, frames(*[AS_IT_IS, MIRRORED] * 2)
        )["loss"]
    assert np.isfinite(tape.gradient(loss, logits)).all()
