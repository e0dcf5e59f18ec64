"""The gallery of parts: which images, and what stands above them."""

import dataclasses

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.part_measures.observed import (
    EXPLAINER,
)
from tf_explainer.visualization.part_galleries import part_gallery, part_rows


def test_rows(with_parts):
    """Named where a landmark is told; absent parts have no row."""
    first, second = part_rows(with_parts, images=4)
    assert (first.name, first.share) == ("head", 1.0) and first.skill > 0.9
    assert first.title.startswith("part 1: head, skill ")
    assert second.title == "part 2 (in 50% of the images)"
    assert part_rows(with_parts, parts=1) == part_rows(with_parts)[:1]


def test_images_are_those_in_which_it_is_surest(with_parts):
    """One of each category, then the seconds; none without the part."""
    test = with_parts.splits["test"]
    presence = test.parts[EXPLAINER].presence
    first, second = part_rows(with_parts, images=4)
    labels = test.labels[list(first.images)]
    assert sorted(labels[:2]) == sorted(labels[2:]) == [0, 1]
    for label in (0, 1):
        own = np.flatnonzero(test.labels == label)
        best = own[presence[own, 0].argmax()]
        assert best in first.images[:2]
    assert (presence[list(second.images), 1] >= 0.5).all()


def test_figure(with_parts, made_images):
    """Titles, as many pictures as asked for, and words for who cannot see."""
    figure = part_gallery(with_parts, made_images, columns=5)
    rows = part_rows(with_parts, images=5)
    titles = [strip.get_suptitle() for strip in figure.subfigs]
    assert titles == [row.title for row in rows]
    for strip in figure.subfigs:
        assert sum(bool(axes.images) for axes in strip.axes) == 5
    assert "part 1: head" in figure.get_label()


def test_without_landmarks(with_parts):
    """Parts have their number."""
    splits = {
        name: dataclasses.replace(split, landmarks=split.landmarks[:, :0])
        for name, split in with_parts.splits.items()
    }
    blind = dataclasses.replace(with_parts, splits=splits, landmark_names=())
    assert part_rows(blind)[0].title == "part 1 (in 100% of the images)"


def test_without_parts(observation, made_images):
    """There is nothing to draw."""
    assert part_rows(observation) == []
    with pytest.raises(InputError, match="an explainer with parts"):
        part_gallery(observation, made_images)
