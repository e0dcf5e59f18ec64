"""Skill of all pairs: equal to `filter_skill` where that measures."""

import numpy as np
import pytest

from tf_explainer.evaluation.metrics.landmarks import landmark_skill
from tf_explainer.evaluation.metrics.skills import filter_skill


@pytest.mark.parametrize("seed", range(3))
def test_equals_filter_skill_on_its_landmark(scattered, seed):
    """Both ways to add up give one value."""
    train, test = scattered(25, 5, 3, seed=seed), scattered(30, 5, 3, seed=9)
    pairs, single = landmark_skill(train, test), filter_skill(train, test)
    filters = np.arange(5)
    np.testing.assert_array_equal(pairs.train.argmax(axis=1), single.landmark)
    np.testing.assert_allclose(
        pairs.test[filters, single.landmark], single.test, rtol=1e-6
    )


def test_silent_on_train_has_skill_zero(located):
    """Without an offset the constant is the only prediction."""
    landmarks = [[[0.1, 0.2]], [[0.5, 0.9]]]
    train = located(np.full((2, 1, 2), np.nan), landmarks)
    test = located(landmarks, landmarks)
    np.testing.assert_allclose(
        landmark_skill(train, test).test, [[0]], atol=1e-12
    )


def test_best_filter_is_chosen_on_train(located):
    """Filter 1 fits on `train`; filter 0, dead on `test`, fits better."""
    landmarks = np.array([[[0.1, 0.2]], [[0.5, 0.9]], [[0.3, 0.4]]])
    near = landmarks + np.array([0.02, -0.01, 0])[:, None, None]
    train = located(np.concatenate([landmarks, near], axis=1), landmarks)
    silent = np.full_like(landmarks, np.nan)
    test = located(np.concatenate([silent, near], axis=1), landmarks)
    assert landmark_skill(train, test).best_filter.tolist() == [1]


def test_unmeasured_landmark(located):
    """Seen once: no value, no best filter."""
    landmarks = [[[0.1, 0.2]], [[np.nan, np.nan]]]
    found = located(np.zeros((2, 1, 2)), landmarks)
    pairs = landmark_skill(found, found)
    assert np.isnan(pairs.test).all()
    assert pairs.best_filter.tolist() == [-1]
