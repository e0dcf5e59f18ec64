"""Means of contributions by class, by hand."""

import types

import numpy as np
import pytest

from tf_explainer.evaluation.deciding import what_decides
from tf_explainer.explainer import Contributions


def _explainer(parts=2):
    """Gives n and 2 n from two parts of image n, 1 and -1 beside them."""

    def contributions(features, kind):
        assert kind == "removal"
        n = features["n"]
        return Contributions(
            parts=np.stack([n, 2 * n], axis=1),
            ordinary=np.ones(len(n)),
            rest=-np.ones(len(n)),
            score=3 * n,
        )

    return types.SimpleNamespace(
        contributions=contributions,
        class_names=("cat", "dog", "cow"),
        encoder=types.SimpleNamespace(parts=parts),
        examples=types.SimpleNamespace(features=lambda batch: batch),
    )


def _batch(numbers, decided):
    scores = np.eye(3, dtype=np.float32)[decided]
    return {"n": np.array(numbers, np.float32), "scores": scores}


def test_means_over_the_images_decided_for_a_class():
    """Over two batches; nobody is taken for a dog."""
    batches = [_batch([1, 2], [2, 0]), _batch([5], [2])]
    found = what_decides(_explainer(), batches)
    assert list(found) == ["cat", "cow"]
    assert found["cow"] == {
        "images": 2,
        "parts": pytest.approx([3, 6]),
        "ordinary": 1,
        "rest": -1,
        "score": pytest.approx(9),
    }
    assert found["cat"]["parts"] == pytest.approx([2, 4])


def test_without_parts_nothing_is_removed():
    """And no image is looked at."""
    assert what_decides(_explainer(parts=0), [None]) == {}
