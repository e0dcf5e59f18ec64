"""Shares of the score, by hand."""

import types

import numpy as np
import pytest

from tf_explainer.evaluation.full import part_contributions
from tf_explainer.explainer import Contributions

STANDING = np.array([0, 0, 1, -1])
NAMES = ("head", "legs", "tail")


def _explainer():
    """Gives 1, 2, 3, 4 from the filters, 5 and 5 from the rest, an image."""

    def contributions(images, kind):
        assert kind == "gradient"
        count = len(images)
        return Contributions(
            parts=None,
            ordinary=np.full(count, 5.0),
            rest=np.full(count, 5.0),
            score=np.full(count, 20.0),
            filters=np.tile([1.0, 2.0, 3.0, 4.0], (count, 1)) * images[:, None],
        )

    return types.SimpleNamespace(
        contributions=contributions, encoder=types.SimpleNamespace(parts=0)
    )


def test_shares_of_the_images_that_count():
    """Two of three images in two batches; the second image weighs double."""
    batches = [np.array([1.0, 9.0]), np.array([2.0])]
    wanted = np.array([True, False, True])
    found = part_contributions(_explainer(), batches, wanted, STANDING, NAMES)
    total = 3 * 10 + 2 * 10
    assert found["images"] == 2
    assert found["parts"] == pytest.approx(
        {"head": 9 / total, "legs": 9 / total, "tail": 0}
    )
    rest = [found[name] for name in ("other", "ordinary", "bias")]
    assert rest == pytest.approx([12 / total, 10 / total, 10 / total])


def test_nothing_to_tell():
    """No image counts."""
    wanted = np.array([False])
    batches = [np.array([1.0])]
    found = part_contributions(_explainer(), batches, wanted, STANDING, NAMES)
    assert found == {}
