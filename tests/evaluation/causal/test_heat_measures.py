"""Deletion, insertion, μFidelity and sensitivity against their definitions."""

import numpy as np
import pytest

from tf_explainer.evaluation.causal.heat_measures import (
    GRID,
    RADIUS,
    SUBSET,
    deletion,
    drawn_subsets,
    insertion,
    max_sensitivity,
    mu_fidelity,
    pixel_ranks,
    subset_losses,
    subset_masks,
)
from tf_explainer.evaluation.causal.heat_scenes import ClassScores, Scene

SIDE = 18
BATCH = 5


def light_of(images):
    """A linear performer: how much light there is, as score and as share."""
    light = np.asarray(images, np.float64).sum(axis=(1, 2, 3))
    logits = np.stack([light, -light], axis=1)
    # The most that the images below can have.
    return ClassScores(logits, logits / (3 * 255 * SIDE**2))


@pytest.fixture(scope="module")
def scene():
    """Images of noise with a black border, which is what the fill is then."""
    images = np.zeros((BATCH, SIDE, SIDE, 3), np.float32)
    random = np.random.default_rng(0)
    inner = (BATCH, SIDE - 2, SIDE - 2, 3)
    images[:, 1:-1, 1:-1] = random.uniform(1, 255, inner)
    return Scene(light_of, images, images, np.zeros(BATCH, int), "border")


@pytest.fixture(scope="module")
def exact(scene):
    """What each pixel gives to the score, by the performer's own formula."""
    return scene.images.sum(axis=-1, dtype=np.float64)


@pytest.fixture(scope="module")
def subsets():
    """Twenty for each image."""
    random = np.random.default_rng(1)
    return drawn_subsets(random, BATCH, 20, (SIDE, SIDE))


TIES = np.random.default_rng(2).random((SIDE, SIDE))


def _curve(exact, order):
    """Share of the light when pixels go one after the other."""
    light = np.take_along_axis(exact.reshape(BATCH, -1), order, axis=1)
    gone = np.cumsum(light, axis=1)
    left = gone[:, -1:] - np.concatenate([np.zeros((BATCH, 1)), gone], axis=1)
    return left / (3 * 255 * SIDE**2)


@pytest.mark.parametrize("sign", [1, -1])
def test_deletion_and_insertion_of_a_linear_performer(scene, exact, sign):
    """Pixel by pixel: sums of the light that is left, and of what came."""
    ranks = pixel_ranks(sign * exact, TIES)
    order = np.argsort(ranks.reshape(BATCH, -1), axis=1)
    left = _curve(exact, order)
    for measure, curve in (
        (deletion, left),
        (insertion, left[:, :1] - left),
    ):
        area = (curve[:, 1:] + curve[:, :-1]).mean(axis=1) / 2
        found = measure(scene, ranks, SIDE**2)
        np.testing.assert_allclose(found, area, rtol=1e-5)


def test_four_steps_by_hand():
    """All light in a quarter of the pixels: it goes first, or last."""
    images = np.zeros((1, 4, 4, 3), np.float32)
    images[:, 1:3, 1:3] = 10

    def look(changed):
        share = np.asarray(changed).sum(axis=(1, 2, 3)) / 120
        return ClassScores(share[:, None], share[:, None])

    scene = Scene(look, images, images, np.zeros(1, int), "border")
    heat = images.sum(axis=-1)
    ties = np.arange(16.0).reshape(4, 4)
    for sign, low, high in ((1, 0.125, 0.875), (-1, 0.875, 0.125)):
        ranks = pixel_ranks(sign * heat, ties)
        assert deletion(scene, ranks, 4) == pytest.approx([low])
        assert insertion(scene, ranks, 4) == pytest.approx([high])


def test_ranks_by_hand():
    """The hottest is 0; of two alike the one with less of a tie."""
    heat = np.array([[[0.0, 3.0], [1.0, 1.0]]])
    ties = np.array([[0.0, 0.1], [0.9, 0.2]])
    expected = [[[0.75, 0.0], [0.5, 0.25]]]
    np.testing.assert_array_equal(pixel_ranks(heat, ties), expected)


def test_exact_attribution_has_a_mu_fidelity_of_one(scene, exact, subsets):
    """And its negative -1; the same heat everywhere says nothing."""
    lost = subset_losses(scene, subsets)
    for heat, expected in (
        (exact, 1),
        (5 * exact + 3, 1),
        (-exact, -1),
        (np.ones_like(exact), 0),
    ):
        found = mu_fidelity(heat, subsets, lost)
        np.testing.assert_allclose(found, np.full(BATCH, expected), atol=1e-6)
    random = np.random.default_rng(3).random(exact.shape)
    assert (np.abs(mu_fidelity(random, subsets, lost)) < 0.95).all()


def test_mu_fidelity_is_pearsons(scene, exact, subsets):
    """Of sums of heat and of losses, subset by subset."""
    heat = np.random.default_rng(3).random(exact.shape)
    lost = subset_losses(scene, subsets)
    found = mu_fidelity(heat, subsets, lost)
    for image in range(BATCH):
        masks = [np.kron(cells, np.ones((2, 2))) for cells in subsets[image]]
        said = [(heat[image] * mask).sum() for mask in masks]
        cost = [(exact[image] * mask).sum() for mask in masks]
        np.testing.assert_allclose(lost[image], cost, rtol=1e-5)
        expected = np.corrcoef(said, cost)[0, 1]
        np.testing.assert_allclose(found[image], expected, atol=1e-5)


def test_what_costs_nothing_has_no_mu_fidelity(exact, subsets):
    """Nobody can be right about it."""
    nothing = np.zeros(subsets.shape[:2])
    assert np.isnan(mu_fidelity(exact, subsets, nothing)).all()


def test_subsets_are_a_fifth_of_the_cells(subsets):
    """Each other ones; a small image has no more cells than pixels."""
    assert subsets.shape[2:] == (GRID, GRID)
    chosen = subsets.sum(axis=(2, 3))
    np.testing.assert_array_equal(chosen, round(SUBSET * GRID**2))
    assert len({one.tobytes() for one in subsets[0]}) > 1
    small = drawn_subsets(np.random.default_rng(0), 1, 3, (5, 20))
    assert small.shape == (1, 3, 5, GRID)
    masks = subset_masks(small[0], (5, 20))
    np.testing.assert_array_equal(masks[:, :, 0], small[0, :, :, 0])
    np.testing.assert_array_equal(masks[:, :, -1], small[0, :, :, -1])


def test_sensitivity_of_a_linear_heat(scene):
    """The largest sum of the noise, over the heat's norm."""

    def heat_of(images):
        return images.sum(axis=-1)

    noises = np.random.default_rng(4).uniform(-1, 1, (3, SIDE, SIDE, 3))
    heat = heat_of(scene.images)
    found = max_sensitivity(heat_of, scene.images, heat, noises)
    reach = RADIUS * np.array([np.ptp(image) for image in scene.images])
    largest = max(np.linalg.norm(one.sum(axis=-1)) for one in noises)
    norms = np.array([np.linalg.norm(one) for one in heat])
    np.testing.assert_allclose(found, reach * largest / norms, rtol=1e-4)


def test_sensitivity_of_who_does_not_look(scene):
    """0; and none where there is no heat at all."""
    noises = np.ones((2, SIDE, SIDE, 3))
    heat = np.ones((BATCH, SIDE, SIDE))
    heat[2] = 0
    found = max_sensitivity(lambda _: heat, scene.images, heat, noises)
    assert np.isnan(found[2])
    np.testing.assert_array_equal(np.delete(found, 2), 0)
