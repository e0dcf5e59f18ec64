"""Bootstrap intervals against plain resampling."""

import numpy as np

from tf_explainer.evaluation.comparison import intervals
from tf_explainer.evaluation.metrics.location import pck
from tf_explainer.evaluation.metrics.parts import coverage
from tf_explainer.evaluation.metrics.skills import share_above_constant, skill

METRICS = {
    "skill": skill,
    "share_above_constant": share_above_constant,
    "pck": pck,
    "coverage": coverage,
}


def test_equals_plain_resampling(scattered):
    """Every draw taken as a split of its own gives the same ends."""
    train, test = scattered(40, 3, 2, seed=1), scattered(30, 3, 2, seed=2)
    found = intervals(train, test, seed=3, resamples=200)
    draws = np.random.default_rng(3).multinomial(
        30, np.full(30, 1 / 30), size=200
    )
    filters = np.arange(3)
    splits = [
        test.chosen(np.repeat(np.arange(30), draw), filters) for draw in draws
    ]
    for name, metric in METRICS.items():
        values = [metric(train, split) for split in splits]
        np.testing.assert_allclose(
            found[name], np.quantile(values, [0.025, 0.975]), rtol=1e-6
        )


def test_nothing_to_measure(located):
    """No landmark, no interval."""
    bare = located(np.zeros((3, 2, 2)), np.zeros((3, 0, 2)))
    assert intervals(bare, bare) == {}
