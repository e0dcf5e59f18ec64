"""Which images are explained: right, wrong, and least agreeing."""

import dataclasses

import numpy as np

from tf_explainer.report.image_choice import chosen_images


def by_group(chosen):
    """Group to the indices of its images."""
    return {
        group: [one.index for one in chosen if one.group == group]
        for group in ("right", "wrong", "apart")
    }


def test_groups(observation):
    """The performer is wrong on 0-2, the explainer alone on 3-5."""
    chosen = chosen_images(observation, count=9)
    groups = by_group(chosen)
    assert set(groups["apart"]) == {3, 4, 5}
    assert set(groups["wrong"]) == {0, 1, 2}
    assert len(groups["right"]) == 3
    assert not {0, 1, 2, 3, 4, 5} & set(groups["right"])
    assert len({one.index for one in chosen}) == 9


def test_right_ones_fill_up(observation):
    """Three apart and three wrong are all that there are; classes by turns."""
    chosen = chosen_images(observation)
    groups = by_group(chosen)
    assert len(chosen) == 24 and len(groups["right"]) == 18
    decided = [one.decided for one in chosen if one.group == "right"]
    assert sorted(decided[:2]) == sorted(decided[2:4]) == [0, 1]


def test_decided_and_runner_up(observation):
    """The highest score, and the second highest."""
    scores = np.tile(np.float32([0.2, 0.5, 0.3]), (60, 1))
    changed = dataclasses.replace(
        observation,
        categories=("cat", "dog", "cow"),
        scores=scores,
        performer_scores=scores,
    )
    for one in chosen_images(changed, count=6):
        assert (one.decided, one.other) == (1, 2)


def test_seeded(observation):
    """The same seed chooses the same images, another one others."""
    first, again, other = (
        chosen_images(observation, seed=seed) for seed in (0, 0, 1)
    )
    assert first == again != other


def test_small_splits(made_observation):
    """No more images than there are."""
    chosen = chosen_images(made_observation(images=10))
    assert sorted(one.index for one in chosen) == list(range(10))
