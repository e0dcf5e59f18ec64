"""The order of scores, from decisions and labels alone."""

import itertools

import numpy as np
import pytest

from tf_explainer.training.category_order import (
    better_order,
    clearly_better,
    likely_order,
)


def made(order, right, images=20, seed=0):
    """Returns `(decided, labels)`.

    Args:
        order: The column that speaks for each category.
        right: Share of the images on which it does; else any column.
        images: Of each category.
        seed: Of what it is wrong on.
    """
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(order)), images)
    decided = np.array(order)[labels]
    wrong = generator.random(len(labels)) >= right
    decided[wrong] = generator.integers(0, len(order), wrong.sum())
    return decided, labels


@pytest.mark.parametrize("categories", [2, 3, 5])
@pytest.mark.parametrize("right", [1.0, 0.7])
def test_every_order_is_found(categories, right):
    """That of a perfect CNN, and of one that is right at times."""
    for order in itertools.permutations(range(categories)):
        found = better_order(*made(order, right, 30), categories)
        assert found == order


@pytest.mark.parametrize("images", [4, 20])
def test_orders_of_many_categories(images):
    """However few images; two that are exchanged, too."""
    order = tuple(np.random.default_rng(1).permutation(40).tolist())
    assert better_order(*made(order, 1.0, images), 40) == order
    order = (1, 2, 3, 4, 5, 6, 0)
    assert better_order(*made(order, 1.0, 3), 7) == order
    order = (1, 0, *range(2, 40))
    assert better_order(*made(order, 1.0, 20), 40) == order


@pytest.mark.parametrize("categories", [2, 3, 5, 12])
def test_chance_is_no_order(categories):
    """Of CNNs that guess at most one in a hundred is taken for another."""
    same, taken = tuple(range(categories)), 0
    for seed in range(300):
        images = made(same, 0.0, 15, seed)
        taken += better_order(*images, categories) != same
    assert taken <= 6


@pytest.mark.parametrize("categories", [2, 5])
def test_a_weak_cnn_keeps_its_order(categories):
    """It is right a little more often than one that guesses."""
    same = tuple(range(categories))
    for seed in range(100):
        assert better_order(*made(same, 0.15, 30, seed), categories) == same


def test_only_what_changes_places_is_changed():
    """Two of five are exchanged; the CNN is weak on the others."""
    decided, labels = made((0, 1, 2, 4, 3), 1.0, 40)
    weak = labels < 3
    decided[weak] = made((0, 1, 2), 0.1, 40, seed=3)[0]
    assert better_order(decided, labels, 5) == (0, 1, 2, 4, 3)


@pytest.mark.parametrize(
    ("won", "lost", "choices", "better"),
    # By hand: 1/2^7 is below 0.01, 1/2^6 is not; 1 + 12 of 2^12 are.
    [
        (7, 0, 1, True),
        (6, 0, 1, False),
        (7, 0, 2, False),
        (11, 1, 1, True),
        (11, 1, 4, False),
    ],
)
def test_exact_test(won, lost, choices, better):
    """The tail of the binomial, times the number of choices."""
    other = np.array([True] * won + [False] * lost)
    assert clearly_better(other, ~other, choices) == better


def test_little_is_not_clear():
    """However certain: five of a hundred images more."""
    other, ours = np.ones(1000, bool), np.ones(1000, bool)
    ours[:50] = False
    assert not clearly_better(other, ours)
    ours[:100] = False
    assert clearly_better(other, ours)


def test_sixteen_images_of_five_categories():
    """As few say which order it is; two that change places are a hint."""
    labels = np.arange(16) % 5
    for order in itertools.permutations(range(5)):
        decided = np.array(order)[labels]
        assert likely_order(decided, labels, 5) == order
        moved = sum(np.array(order) != range(5))
        found = better_order(decided, labels, 5)
        assert found == order or moved < 5


def test_guesses_are_seldom_a_hint():
    """A CNN that guesses seldom wins much by another order."""
    hints = 0
    for seed in range(200):
        images = made(range(5), 0.0, 10, seed)
        hints += likely_order(*images, 5) != tuple(range(5))
    assert hints <= 10


@pytest.mark.parametrize(("categories", "each"), [(4, 1), (4, 2), (5, 1)])
def test_very_few_images_hint_at_every_order(categories, each):
    """No test can tell, but nothing is kept from the user either."""
    labels = np.arange(categories * each) % categories
    for order in itertools.permutations(range(categories)):
        decided = np.array(order)[labels]
        assert likely_order(decided, labels, categories) == order
