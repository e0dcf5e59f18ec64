"""Which test images the page explains."""

import dataclasses
from collections.abc import Sequence
from typing import Literal

import numpy as np

from tf_explainer.evaluation.observation import Observation, top_category

Group = Literal["right", "wrong", "apart"]


@dataclasses.dataclass(frozen=True)
class ChosenImage:
    """One test image.

    Args:
        index: Its position in the split.
        group: `apart` where CNN and explainer agree least; else whether the
            CNN is `right` or `wrong`.
        decided: Index of the class that the CNN decides for.
        other: Index of the class that it gives the second highest score.
    """

    index: int
    group: Group
    decided: int
    other: int


def chosen_images(
    observation: Observation, count: int = 24, seed: int = 0
) -> list[ChosenImage]:
    """Chooses images that the CNN has right, wrong, and that are explained ill.

    A third each, the classes by turns. Those that are `apart` come first, by
    how far the two scores of the class decided for differ, where the two
    decide for different classes before all others. Where a group is too
    small, images that are right fill up.

    Args:
        observation: What the explainer showed.
        count: How many.
        seed: Of the draw among those that are right or wrong.

    Returns:
        Right ones first, then wrong ones, then those apart.
    """
    labels = observation.splits["test"].labels
    decided = top_category(observation.performer_scores)
    drawn = np.random.default_rng(seed).permutation(len(labels))
    share = count // 3
    apart = _least_agreeing(observation, decided)[:share]
    left = drawn[~np.isin(drawn, apart)]
    right = _by_turns(left[decided[left] == labels[left]], decided)
    wrong = _by_turns(left[decided[left] != labels[left]], decided)[:share]
    right = right[: count - len(apart) - len(wrong)]
    groups: Sequence[tuple[Group, Sequence[int]]] = (
        ("right", right),
        ("wrong", wrong),
        ("apart", apart),
    )
    second = observation.performer_scores.copy()
    second[np.arange(len(second)), decided] = -np.inf
    other = second.argmax(axis=1)
    return [
        ChosenImage(index, group, int(decided[index]), int(other[index]))
        for group, indices in groups
        for index in indices
    ]


def _least_agreeing(observation: Observation, decided: np.ndarray) -> list[int]:
    rows = np.arange(len(decided))
    gap = np.abs(
        observation.scores[rows, decided]
        - observation.performer_scores[rows, decided]
    )
    same = top_category(observation.scores) == decided
    order = np.lexsort((rows, -gap, same))
    return [int(i) for i in order if gap[i] > 0 or not same[i]]


def _by_turns(images: np.ndarray, classes: np.ndarray) -> list[int]:
    """One of each class, then the seconds, in the order that they come in."""
    turns: list[tuple[int, int, int]] = []
    count: dict[int, int] = {}
    for rank, index in enumerate(images.tolist()):
        own = int(classes[index])
        turn = count[own] = count.get(own, -1) + 1
        turns.append((turn, rank, index))
    return [index for _, _, index in sorted(turns)]
