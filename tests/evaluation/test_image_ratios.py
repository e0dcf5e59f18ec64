"""Ratios of sums over images, by hand and by plain resampling."""

import math

import numpy as np

from tf_explainer.evaluation.sampling import ImageRatios, image_draws

RATIOS = ImageRatios(
    np.array([[1.0, 0], [2, 3], [0, 0]]), np.array([[2.0, 0], [2, 4], [4, 0]])
)


def test_by_hand():
    """3 / 8 and 3 / 4."""
    np.testing.assert_allclose(RATIOS.value, (3 / 8 + 3 / 4) / 2)
    np.testing.assert_allclose(RATIOS.by_image.mean(), RATIOS.value)
    np.testing.assert_allclose(RATIOS.by_image[0], 3 * (1 / 8) / 2)


def test_draws_by_hand():
    """All images once; the first one alone, which the second filter misses."""
    draws = np.array([[1, 1, 1], [3, 0, 0]])
    np.testing.assert_allclose(
        RATIOS.by_filter(draws), [[3 / 8, 3 / 4], [1 / 2, np.nan]]
    )
    np.testing.assert_allclose(RATIOS.drawn(draws), [RATIOS.value, 1 / 2])


def test_a_plain_mean():
    """Ones below: each draw is the mean of what it holds."""
    values = np.random.default_rng(0).normal(size=20)
    plain, draws = ImageRatios.of_values(values), image_draws(20, 50)
    np.testing.assert_allclose(plain.value, values.mean())
    np.testing.assert_allclose(
        plain.drawn(draws), [np.repeat(values, d).mean() for d in draws]
    )


def test_no_filter():
    """Nothing to measure."""
    assert math.isnan(ImageRatios(np.zeros((4, 0)), np.zeros((4, 0))).value)
