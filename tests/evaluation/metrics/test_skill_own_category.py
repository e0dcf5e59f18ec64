"""Skill within a category, beside skill in all."""

import numpy as np

from tf_explainer.evaluation.metrics.categories import (
    own_category_skills,
    skill_own_category,
)
from tf_explainer.evaluation.metrics.skills import skill


def animals(located, seed, images=40):
    """Two categories: the landmark is high in one, low in the other.

    Filter 0 knows only the category; filter 1 finds the landmark in category
    1 alone, where it fires more, and is random in the other.
    """
    generator = np.random.default_rng(seed)
    labels = np.arange(images) % 2
    landmarks = generator.uniform(0, 0.2, (images, 1, 2))
    landmarks[labels == 1] += 0.6
    knows = np.where(labels[:, None] == 1, 0.7, 0.1) * np.ones((images, 2))
    finds = np.where(
        labels[:, None] == 1, landmarks[:, 0], generator.random((images, 2))
    )
    strengths = np.stack([np.ones(images), 1 + labels], axis=1)
    return located(np.stack([knows, finds], 1), landmarks, labels, strengths)


def test_knowing_the_category_is_worth_nothing(located):
    """0.9 in all categories together, 0 within one; the finder gets 1."""
    train, test = animals(located, 1), animals(located, 2)
    own = own_category_skills(train, test)
    assert skill(train, test) > 0
    np.testing.assert_allclose(own[0], 0, atol=1e-6)
    np.testing.assert_allclose(own[1], 1, atol=1e-6)
    np.testing.assert_allclose(skill_own_category(train, test), 0.5, atol=1e-6)


def test_category_missing_in_test(located):
    """What cannot be measured is left out."""
    train, test = animals(located, 1), animals(located, 2)
    only = test.chosen(np.flatnonzero(test.labels == 0), np.arange(2))
    np.testing.assert_array_equal(
        np.isnan(own_category_skills(train, only)), [False, True]
    )


def test_no_landmarks(located):
    """No number."""
    found = located(np.zeros((3, 2, 2)), np.zeros((3, 0, 2)))
    assert np.isnan(skill_own_category(found, found))
