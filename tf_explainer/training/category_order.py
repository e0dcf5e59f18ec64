"""In which order a CNN's scores stand, told by what it decides."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from scipy import optimize, stats

CERTAIN = 0.01
MARGIN = 0.1
# Of more categories there are too many orders to allow for all of them.
_FEW = 6


def clearly_better(
    other: np.ndarray,
    ours: np.ndarray,
    choices: float = 1,
    certain: float = CERTAIN,
) -> bool:
    """Whether one way to decide is right more often than another one.

    It is where chance does not explain it, by the exact test of McNemar, and
    where it is right on a tenth of the images more.

    Args:
        other: bool `(images,)`, where the one is right.
        ours: bool `(images,)`, where the other one is right.
        choices: Among how many ways the one was chosen; the limit of the
            test is divided by it.
        certain: Limit of the test: how often chance alone may pass it.

    Source:
        McNemar 1947; exact: of the images on which one alone is right, half
        speak for each if neither is better.
    """
    won = int((other & ~ours).sum())
    lost = int((ours & ~other).sum())
    if won - lost < MARGIN * len(ours):
        return False
    chance = stats.binom.sf(won - 1, won + lost, 0.5)
    return bool(chance * choices < certain)


def better_order(
    decided: np.ndarray,
    labels: np.ndarray,
    categories: int,
    certain: float = CERTAIN,
) -> tuple[int, ...]:
    """Returns the column of a CNN's scores that speaks for each category.

    The order with most images right is that of an assignment problem. Of its
    cycles, categories that change places among each other, those are kept
    that are clearly better on their own images than no change. The test
    allows for all cycles that there are; of more than six categories there
    are too many, so the order is found on one half of the images, and tested
    on the other.

    Args:
        decided: int `(images,)`, column of the highest score.
        labels: int `(images,)`, category of each image.
        categories: Number of both.
        certain: See `clearly_better`.

    Returns:
        A column for each category; where none is clearly better, its own.

    Source:
        `scipy.optimize.linear_sum_assignment` on the confusion matrix.
    """
    found = _cycles(_assigned(decided, labels, categories))
    images = decided, labels
    if categories <= _FEW:
        kept = [
            cycle
            for cycle in found
            if _fits(cycle, *images, _ways(len(cycle), categories), certain)
        ]
        return _turned(kept, categories)
    judging = _second_half(labels)
    rest = decided[~judging], labels[~judging]
    guessed = _cycles(_assigned(*rest, categories))
    images = decided[judging], labels[judging]
    ways = len(guessed)
    if not any(_fits(cycle, *images, ways, certain) for cycle in guessed):
        return tuple(range(categories))
    images = decided, labels
    kept = [cycle for cycle in found if _fits(cycle, *images, 1, certain)]
    return _turned(kept, categories)


def _assigned(
    decided: np.ndarray, labels: np.ndarray, categories: int
) -> np.ndarray:
    """The column of each category with which most images are right."""
    table = np.zeros((categories, categories))
    np.add.at(table, (labels, decided), 1)
    # Of two orders that do as well, the one that changes less.
    table += np.eye(categories) / (categories + 1)
    return optimize.linear_sum_assignment(table, maximize=True)[1]


def _cycles(order: np.ndarray) -> list[tuple[int, ...]]:
    """Categories that change places; each has the column of the next one."""
    cycles, seen = [], set()
    for start in range(len(order)):
        cycle, place = [], start
        while place not in seen:
            seen.add(place)
            cycle.append(place)
            place = int(order[place])
        if len(cycle) > 1:
            cycles.append(tuple(cycle))
    return cycles


def _turned(
    cycles: Sequence[tuple[int, ...]], categories: int
) -> tuple[int, ...]:
    """The order in which these cycles alone change places."""
    order = list(range(categories))
    for cycle in cycles:
        for place, following in itertools.pairwise((*cycle, cycle[0])):
            order[place] = following
    return tuple(order)


def _fits(
    cycle: tuple[int, ...],
    decided: np.ndarray,
    labels: np.ndarray,
    choices: float,
    certain: float,
) -> bool:
    among = np.isin(labels, cycle)
    decided, labels = decided[among], labels[among]
    following = dict(itertools.pairwise((*cycle, cycle[0])))
    columns = np.array([following[int(label)] for label in labels], int)
    return clearly_better(
        decided == columns, decided == labels, choices, certain
    )


def _ways(length: int, categories: int) -> float:
    """How many cycles there are, for each length the same share of the test."""
    cycles = math.comb(categories, length) * math.factorial(length - 1)
    return cycles * (categories - 1)


def _second_half(labels: np.ndarray) -> np.ndarray:
    """Every second image of each category."""
    half = np.zeros(len(labels), bool)
    for category in np.unique(labels):
        half[np.flatnonzero(labels == category)[1::2]] = True
    return half
