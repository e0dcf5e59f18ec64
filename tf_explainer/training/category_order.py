"""In which order a CNN's scores stand, told by what it decides."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from scipy import optimize, stats

CERTAIN = 0.01
MARGIN = 0.1
LIKELY = 0.02
# Images of each category below which chance explains any order.
FEW = 3
MUCH = 0.6
# Of more categories there are too many orders to allow for all of them.
_FEW = 6


def clearly_better(
    other: np.ndarray,
    ours: np.ndarray,
    choices: float = 1,
    certain: float = CERTAIN,
    margin: float = MARGIN,
) -> bool:
    """Whether one way to decide is right more often than another one.

    It is where chance does not explain it, by the exact test of McNemar, and
    where it is right on so many of the images more.

    Args:
        other: bool `(images,)`, where the one is right.
        ours: bool `(images,)`, where the other one is right.
        choices: Among how many ways the one was chosen; the limit of the
            test is divided by it.
        certain: Limit of the test: how often chance alone may pass it.
        margin: Share of the images that must be won.

    Source:
        McNemar 1947; exact: of the images on which one alone is right, half
        speak for each if neither is better.
    """
    won = int((other & ~ours).sum())
    lost = int((ours & ~other).sum())
    if won - lost < margin * len(ours):
        return False
    chance = stats.binom.sf(won - 1, won + lost, 0.5)
    return bool(chance * choices < certain)


def better_order(
    decided: np.ndarray, labels: np.ndarray, categories: int
) -> tuple[int, ...]:
    """Returns the column of a CNN's scores that speaks for each category.

    The order with most images right is that of an assignment problem. Of its
    cycles, categories that change places among each other, those are kept
    that are clearly better on their own images than no change; the test
    allows for all cycles that there are. So are all that do well where the
    order as a whole is clearly better, and the test allows for all orders.
    Of more than six categories there are too many; there an order found on
    one half of the images is tested on the other.

    Args:
        decided: int `(images,)`, column of the highest score.
        labels: int `(images,)`, category of each image.
        categories: Number of both.

    Returns:
        A column for each category; where none is clearly better, its own.

    Source:
        `scipy.optimize.linear_sum_assignment` on the confusion matrix.
    """
    found = _cycles(_assigned(decided, labels, categories))
    images = decided, labels
    # Both tests together err as often as one.
    limit = CERTAIN / 2
    kept = [
        cycle
        for cycle in found
        if _fits(cycle, *images, _ways(len(cycle), categories), limit)
    ]
    if categories <= _FEW:
        order = np.array(_turned(found, categories))
        ways = math.factorial(categories)
        right = order[labels] == decided
        whole = clearly_better(right, labels == decided, ways, limit)
    else:
        whole = _fits_by_halves(*images, categories, limit)
    if whole:
        kept = [cycle for cycle in found if _fits(cycle, *images, 1, LIKELY)]
    return _turned(kept, categories)


def likely_order(
    decided: np.ndarray, labels: np.ndarray, categories: int
) -> tuple[int, ...]:
    """Returns an order as `better_order` does, to be hinted at.

    Args:
        decided: int `(images,)`, column of the highest score.
        labels: int `(images,)`, category of each image.
        categories: Number of both.

    Returns:
        A column for each category, from cycles that win much and are likely;
        of very few images, which no test can tell, the order with most right.
    """
    found = _cycles(_assigned(decided, labels, categories))
    if len(labels) < FEW * categories:
        return _turned(found, categories)
    kept = [
        cycle
        for cycle in found
        if _fits(cycle, decided, labels, 1, LIKELY, MUCH)
    ]
    return _turned(kept, categories)


def _fits_by_halves(
    decided: np.ndarray, labels: np.ndarray, categories: int, certain: float
) -> bool:
    """Whether a change found on one half of the images fits the other."""
    judging = _second_half(labels)
    guess = _assigned(decided[~judging], labels[~judging], categories)
    guessed, images = _cycles(guess), (decided[judging], labels[judging])
    ways = len(guessed)
    return any(_fits(cycle, *images, ways, certain) for cycle in guessed)


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
    margin: float = MARGIN,
) -> bool:
    among = np.isin(labels, cycle)
    decided, labels = decided[among], labels[among]
    following = dict(itertools.pairwise((*cycle, cycle[0])))
    columns = np.array([following[int(label)] for label in labels], int)
    return clearly_better(
        decided == columns, decided == labels, choices, certain, margin
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
