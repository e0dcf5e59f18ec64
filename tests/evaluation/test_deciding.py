"""What decides, by hand and beside `contributions`."""

import keras
import numpy as np
import pytest

from tf_explainer.evaluation.deciding import (
    ScorePieces,
    part_contributions,
    pieces_of_scores,
    what_decides,
)
from tf_explainer.explainer import Contributions, Explainer
from tf_explainer.testing import toy_images, toy_performer

STANDING = np.array([0, 0, 1, -1])
NAMES = ("head", "legs", "tail")


def _by_gradient(weights):
    """Gives 1, 2, 3, 4 from the filters, times a weight, and 5 and 5."""
    weights = np.array(weights)
    count = len(weights)
    return Contributions(
        parts=None,
        ordinary=np.full(count, 5.0),
        rest=np.full(count, 5.0),
        score=np.full(count, 20.0),
        filters=np.tile([1.0, 2.0, 3.0, 4.0], (count, 1)) * weights[:, None],
    )


def _by_removal(numbers):
    """Gives n and 2 n from two parts of image n, 1 and -1 beside them."""
    n = np.array(numbers, np.float32)
    return Contributions(
        parts=np.stack([n, 2 * n], axis=1),
        ordinary=np.ones(len(n)),
        rest=-np.ones(len(n)),
        score=3 * n,
        together=n,
    )


def test_shares_of_the_images_that_count():
    """Two of three images; the last one weighs double."""
    decided = np.array([0, 1, 0])
    pieces = ScorePieces(decided, _by_gradient([1.0, 9.0, 2.0]), None)
    found = part_contributions(pieces, 1, STANDING, NAMES)
    total = 3 * 10 + 2 * 10
    assert found["images"] == 2
    assert found["parts"] == pytest.approx(
        {"head": 9 / total, "legs": 9 / total, "tail": 0}
    )
    rest = [found[name] for name in ("other", "ordinary", "bias")]
    assert rest == pytest.approx([12 / total, 10 / total, 10 / total])
    assert "removal" not in found
    removed = pieces._replace(removal=_by_removal([1, 2, 3]))
    found = part_contributions(removed, 1, STANDING, NAMES)
    assert found["removal"] == pytest.approx(4 / total)


def test_nothing_to_tell():
    """No image counts."""
    pieces = ScorePieces(np.zeros(1, int), _by_gradient([1.0]), None)
    assert part_contributions(pieces, 0, STANDING, NAMES) == {}


def test_means_over_the_images_decided_for_a_class():
    """Nobody is taken for a dog."""
    decided = np.array([2, 0, 2])
    pieces = ScorePieces(decided, _by_gradient([1] * 3), _by_removal([1, 2, 5]))
    found = what_decides(pieces, ("cat", "dog", "cow"))
    assert list(found) == ["cat", "cow"]
    assert found["cow"] == {
        "images": 2,
        "parts": pytest.approx([3, 6]),
        "ordinary": 1,
        "rest": -1,
        "score": pytest.approx(9),
    }
    assert found["cat"]["parts"] == pytest.approx([2, 4])


@pytest.mark.parametrize("parts", [0, 3])
@pytest.mark.parametrize("kept", [False, True], ids=["images", "features"])
def test_pieces_are_those_of_contributions(parts, kept):
    """Image by image, over batches of two sizes; without parts none goes."""
    keras.utils.set_random_seed(0)
    preset = "default" if parts else "filters"
    explainer = Explainer.from_performer(
        toy_performer(), parts=parts, preset=preset
    )
    images = toy_images(5)
    explainer.calibrate(images)
    batches = [images[:3], images[3:]]
    if kept:
        batches = explainer.cached_features(images, exact=True).batch(3)
    pieces = pieces_of_scores(explainer, batches)
    for kind in ("gradient", "removal")[: 1 + bool(parts)]:
        expected = explainer.contributions(images, kind=kind)
        for name, values in getattr(pieces, kind)._asdict().items():
            if (told := getattr(expected, name)) is None:
                assert values is None
            else:
                np.testing.assert_allclose(values, told, rtol=1e-4, atol=1e-4)
    if not parts:
        assert pieces.removal is None
        assert what_decides(pieces, explainer.class_names) == {}
