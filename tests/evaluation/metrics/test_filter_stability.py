"""Stability of filters on made peaks."""

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.metrics.agreement import filter_stability
from tf_explainer.evaluation.peaks import FilterPeaks


def made(positions):
    """Peaks of strength 1; NaN is silent."""
    positions = np.asarray(positions, float)
    return FilterPeaks(positions, (~np.isnan(positions[..., 0])).astype(float))


def scattered(images=50, filters=6, seed=0, silent=0.2):
    """Random peaks."""
    generator = np.random.default_rng(seed)
    positions = generator.random((images, filters, 2))
    positions[generator.random((images, filters)) < silent] = np.nan
    return positions


def test_the_same_filters_in_another_order():
    """Found again one by one, an offset costs nothing."""
    positions = scattered()
    order = np.array([3, 0, 5, 1, 4, 2])
    found = filter_stability(made(positions[:, order]), made(positions + 0.1))
    np.testing.assert_array_equal(found.pairs[:, 1], order)
    np.testing.assert_allclose(found.similarity, 1, atol=1e-6)
    assert found.chance < 0.5


def test_strangers_are_like_chance():
    """Nothing in common but what choosing the best pairs brings."""
    found = filter_stability(made(scattered(400)), made(scattered(400, seed=1)))
    assert abs(found.value - found.chance) < 0.05
    assert found.value < 0.2


def test_the_category_alone_is_chance():
    """Two filters that fire in one place for each category agree on that."""
    labels = np.repeat([0, 1], 100)
    noise = np.random.default_rng(0).normal(0, 0.01, (2, 200, 3, 2))
    one, other = (made(0.2 + 0.6 * labels[:, None, None] + n) for n in noise)
    within = filter_stability(one, other, labels=labels)
    across = filter_stability(one, other)
    assert within.value == across.value > 0.9
    assert within.chance > 0.9 and across.chance < 0.3


def test_similarity_equals_plain_loops():
    """Matrix products and the definition agree."""
    one, other = scattered(30, 3, 1), scattered(30, 4, 2)
    other[:, 1] = 0.7 * one[:, 2] + 0.3 * np.nan_to_num(other[:, 1], nan=0.5)
    found = filter_stability(made(one), made(other))
    for (first, second), value in zip(
        found.pairs, found.similarity, strict=True
    ):
        np.testing.assert_allclose(
            value, by_loops(one[:, first], other[:, second]), atol=1e-9
        )
    assert [2, 1] in found.pairs.tolist()


def by_loops(one, other):
    """Similarity of two filters from its definition."""
    fires, fires_too = ~np.isnan(one[:, 0]), ~np.isnan(other[:, 0])
    both = fires & fires_too
    a = one[both] - one[both].mean(axis=0)
    b = other[both] - other[both].mean(axis=0)
    r = (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())
    return r * both.sum() / (fires | fires_too).sum()


def test_firing_in_other_images_is_another_filter():
    """Half of the images shared: half alike."""
    positions = scattered(40, 1, silent=0)
    one, other = positions.copy(), positions.copy()
    one[:10], other[20:30] = np.nan, np.nan
    found = filter_stability(made(one), made(other))
    np.testing.assert_allclose(found.value, 20 / 40, atol=1e-9)


def test_constants_are_like_nothing():
    """A peak that never moves shows no part, in either run."""
    still = made(np.full((20, 2, 2), 0.5))
    assert filter_stability(still, still).value == 0


def test_dead_filters_are_left_out():
    """No live filter, no value."""
    dead = made(np.full((20, 2, 2), np.nan))
    found = filter_stability(dead, made(scattered(20)))
    assert np.isnan(found.value) and len(found.pairs) == 0


def test_other_images_are_refused():
    """The numbers must agree."""
    with pytest.raises(InputError, match="20 and 30 images"):
        filter_stability(made(scattered(20)), made(scattered(30)))
