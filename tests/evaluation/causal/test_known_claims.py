"""Claims on explainers whose answer is known by hand."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.drawn_animals import PART_NAMES
from tf_explainer.evaluation.causal import CLAIMS
from tf_explainer.evaluation.causal.claims import Claimed


def claimed(explainer, part_maps, standing=(), **others):
    """What is asked of an explainer about category 1."""
    part_maps = np.asarray(part_maps, np.uint8)
    asked = {
        "untrained": None,
        "images": np.zeros((*part_maps.shape, 3), np.float32),
        "categories": np.ones(len(part_maps), int),
        "untrained_standing": np.array([], int),
    }
    return Claimed(
        explainer=explainer,
        part_maps=part_maps,
        standing=np.asarray(standing, int),
        **{**asked, **others},
    )


class Linear:
    """A performer of two maps, red and green, and one linear map to scores.

    `slopes` are those of the scores, `(4, 4, 2, 2)`: rows, columns, maps,
    categories.
    """

    settings = types.SimpleNamespace(negative_category=None)
    reconstructed_layers = ("replaced",)

    def __init__(self, slopes):
        maps = keras.Input((4, 4, 2))
        flat = keras.layers.Flatten()(maps)
        dense = keras.layers.Dense(2, "softmax", use_bias=False)
        self.attachment = types.SimpleNamespace(
            head=keras.Model(maps, dense(flat)), features=self.features
        )
        dense.set_weights([slopes.reshape(32, 2)])

    def features(self, images, training):
        """The two maps are the image's first two colors."""
        assert not training
        return {"replaced": images[..., :2], "target": images[..., 2:]}


def test_grad_cam_by_hand():
    """Mean slope times map, negative sums cut off, before the parts' sums.

    Scores are less the mean of both categories, so that slopes halve.
    """
    slopes = np.zeros((4, 4, 2, 2), np.float32)
    # Means over the 16 units: 1 for red, -2 for green.
    slopes[0, 0, 0, 1], slopes[3, :2, 1, 1] = 2 * 16, -2 * 16
    images = np.zeros((1, 4, 4, 3), np.float32)
    images[0, 0, :, 0] = [3, 1, 2, 0]
    images[0, 0, :, 1] = [1, 2, 0, 5]
    images[0, 3, 3] = [4, 0, 90]
    maps = np.zeros((1, 4, 4))
    maps[0, 0], maps[0, 3, 3] = 3, 11
    found = CLAIMS.get("grad_cam")(claimed(Linear(slopes), maps, images=images))
    # 3 - 2, 1 - 4, 2 and -10: of the first part 1 + 0 + 2 + 0 are left.
    expected = np.zeros((1, len(PART_NAMES)))
    expected[0, 2], expected[0, 10] = 3, 4
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_grad_cam_reads_the_category_asked_for():
    """The other one has the slopes with the other sign."""
    slopes = np.zeros((4, 4, 2, 2), np.float32)
    slopes[0, 0, 0, 1] = 2 * 16
    images = np.ones((2, 4, 4, 3), np.float32)
    asked = claimed(
        Linear(slopes),
        np.ones((2, 4, 4)),
        images=images,
        categories=np.array([1, 0]),
    )
    found = CLAIMS.get("grad_cam")(asked)[:, 0]
    np.testing.assert_allclose(found, [16, 0], atol=1e-5)


class Filters:
    """An explainer whose filters give and fire what they are told to."""

    def __init__(self, gives, peaks=((-1, -1),)):
        self.gives, self.peaks = np.asarray(gives, float), np.asarray(peaks)

    def contributions(self, images, categories, kind):
        """The same in every image."""
        assert len(images) == len(categories) and kind == "gradient"
        return types.SimpleNamespace(
            filters=tf.constant(np.tile(self.gives, (len(images), 1)))
        )

    def layer_maps(self, images):
        """Nothing but what `peaks_of` is asked with."""
        return {"interp_2": len(images)}

    def peaks_of(self, count):
        """Positions, and strengths that nobody should read."""
        return np.tile(self.peaks, (count, 1, 1)), None


# Wider than high; 1 and 2 above, 3 and 4 below.
QUADRANTS = np.kron([[1, 2], [3, 4]], np.ones((2, 4)))[None]


@pytest.mark.parametrize("name", ["filters_by_place", "untrained_by_place"])
def test_a_peak_counts_where_it_lies(name):
    """Above on the right, (row, column) = (0.2, 0.9): part 2 alone.

    Two filters lie there; one lies below on the left, in part 3.
    """
    told = Filters([5, 7, 1], [(0.2, 0.9), (0.4, 0.6), (0.9, 0.1)])
    other = Filters([100, 100, 100], [(0.9, 0.9)] * 3)
    trained = name == "filters_by_place"
    asked = claimed(
        told if trained else other,
        QUADRANTS,
        untrained=other if trained else told,
    )
    found = CLAIMS.get(name)(asked)[0]
    np.testing.assert_allclose(found[:4], [0, 12, 1, 0])
    assert not found[4:].any()


def test_a_peak_beside_the_animal_counts_for_no_part():
    """In the background; the corner of the image is inside, too."""
    maps = np.zeros((1, 4, 8))
    maps[0, 3, 7] = 5
    told = Filters([5, 7], [(0.5, 0.5), (1.0, 1.0)])
    found = CLAIMS.get("filters_by_place")(claimed(told, maps))[0]
    assert found[4] == 7 and found.sum() == 7


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("part_filters", {2: 1 + 4, 5: 2}),
        ("untrained_filters", {3: 10, 5: 20 + 40}),
    ],
)
def test_filters_are_those_of_the_explainer_asked(name, expected):
    """Trained and untrained: contributions and what they stand for."""
    asked = claimed(
        Filters([1, 2, 4]),
        QUADRANTS,
        standing=[2, 5, 2],
        untrained=Filters([10, 20, 40]),
        untrained_standing=np.array([3, 5, 5]),
    )
    found = CLAIMS.get(name)(asked)[0]
    assert {part: found[part] for part in np.flatnonzero(found)} == expected
