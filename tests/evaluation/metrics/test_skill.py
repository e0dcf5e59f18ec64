"""Means over the skills of the filters, and their interval."""

import numpy as np
import scipy.stats

from tf_explainer.evaluation.comparison import skill_interval
from tf_explainer.evaluation.metrics.skills import (
    filter_skill,
    share_above_constant,
    skill,
    skill_best_tenth,
)


def mixed(located, seed):
    """Filters 0-1 follow the landmark, 2-3 are random, 4 is dead."""
    generator = np.random.default_rng(seed)
    points = generator.random((300, 1, 2))
    noise = 0.1 * generator.standard_normal((300, 2, 2))
    nowhere = np.full((300, 1, 2), np.nan)
    positions = np.concatenate(
        [points + noise, generator.random((300, 2, 2)), nowhere], axis=1
    )
    return located(positions, points)


def test_mean_and_share_over_live_filters(located):
    """Two of the four live filters are above a constant."""
    train, test = mixed(located, 1), mixed(located, 2)
    values = filter_skill(train, test).test[:4]
    assert skill(train, test) == np.mean(values)
    assert share_above_constant(train, test) == 0.5
    assert values[0] > 0.8 and values[2] < 0


def test_best_tenth_is_chosen_on_train(located):
    """One of four filters: the best on `train`, valued on `test`."""
    train, test = mixed(located, 1), mixed(located, 2)
    result = filter_skill(train, test)
    expected = result.test[np.argmax(result.train)]
    assert skill_best_tenth(train, test) == expected


def test_interval_equals_scipy(located):
    """The same percentile bootstrap, drawn by scipy."""
    train, test = mixed(located, 1), mixed(located, 2)
    error, constant = filter_skill(train, test).squared_errors(test)

    def mean_skill(images):
        images = images.astype(int)
        ratio = error[images].sum(axis=0) / constant[images].sum(axis=0)
        return 1 - ratio[:4].mean()

    expected = scipy.stats.bootstrap(
        (np.arange(300),),
        mean_skill,
        n_resamples=1000,
        method="percentile",
        vectorized=False,
        rng=np.random.default_rng(0),
    ).confidence_interval
    found = skill_interval(train, test)
    width = expected.high - expected.low
    np.testing.assert_allclose(found, expected, atol=0.1 * width)
    assert found[0] < skill(train, test) < found[1]


def test_interval_is_deterministic(located):
    """One seed, one interval."""
    train, test = mixed(located, 1), mixed(located, 2)
    assert skill_interval(train, test, 3) == skill_interval(train, test, 3)
    assert skill_interval(train, test, 3) != skill_interval(train, test, 4)


def test_rare_landmark_does_not_break_the_interval(scattered):
    """A draw without any image of the landmark is left out."""
    train, test = (scattered(30, 3, 1, seed=seed) for seed in (1, 2))
    test.landmarks[2:] = np.nan
    assert np.isfinite(skill_interval(train, test)).all()


def test_nothing_to_measure_is_nan(located):
    """No landmarks: no skill, no interval, no share."""
    found = located(np.zeros((3, 2, 2)), np.zeros((3, 0, 2)))
    for measure in (skill, share_above_constant, skill_best_tenth):
        assert np.isnan(measure(found, found))
    assert np.isnan(skill_interval(found, found)).all()
