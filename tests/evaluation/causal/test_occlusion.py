"""Covering a square, and what it costs."""

import sys
import types

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.evaluation.causal.occluded import (
    covered,
    exchanged_peaks,
    occlusion,
)
from tf_explainer.evaluation.peaks import FilterPeaks
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

MODULE = sys.modules[occlusion.__module__]


def test_covered_by_hand():
    """A square of its width in the mean color, kept inside the image."""
    image = np.zeros((2, 8, 8, 3), np.uint8)
    image[:, :, :4] = 100
    found = covered(
        image, np.array([[0.5, 0.5], [0.0, 1.0]]), np.array([0.25, 0.25])
    )
    expected = image.copy()
    expected[0, 3:5, 3:5] = 50
    expected[1, 0:2, 6:8] = 50
    np.testing.assert_array_equal(found, expected)


class Spot:
    """A performer and a filter that see one white spot, and nothing else.

    The filter peaks on the spot, or at a place of one's own.
    """

    receptive_field = types.SimpleNamespace(size=(4, 4), image=(32, 32))

    def __init__(self, peak=None):
        self.peak = peak

    def contributions(self, images, kind):
        """One filter."""
        assert kind == "gradient"
        return types.SimpleNamespace(filters=np.ones((len(images), 1)))

    def look(self, images):
        """The score is the brightness of the brightest pixel."""
        bright = images.max(axis=-1)
        score = bright.max(axis=(1, 2)).astype(float)
        place = [np.argwhere(image == image.max()).mean(0) for image in bright]
        found = (np.array(place) + 0.5) / 32
        if self.peak is not None:
            found = np.full_like(found, self.peak)
        peaks = FilterPeaks(found[:, None], score[:, None])
        return types.SimpleNamespace(logits=score[:, None], peaks=peaks)


def _split(images):
    count = len(images)
    return PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.zeros(count, np.int32),
        landmarks=np.zeros((count, 0, 2), np.float32),
        files=tuple(map(str, range(count))),
    )


@pytest.mark.parametrize("on_the_spot", [True, False])
def test_known_answer(monkeypatch, on_the_spot):
    """Covering what is looked at costs all of it, any other place nothing."""
    images = np.zeros((40, 32, 32, 3), np.uint8)
    images[:, 20:22, 6:8] = 255
    spot = Spot(None if on_the_spot else 0.9)
    monkeypatch.setattr(MODULE, "see", lambda explainer, _: explainer.look)
    found = occlusion(spot, _split(images))
    # Of 29 x 29 places of a square, 9 cover the whole spot.
    assert found["score_random"] < 0.1 * 254
    if on_the_spot:
        assert found["score_peak"] == 254
        assert found["score_auc"] > 0.95 and found["filter_auc"] > 0.95
    else:
        assert found["score_peak"] == 0 and 0.4 < found["score_auc"] <= 0.5


@pytest.mark.parametrize("moves", [True, False])
def test_the_peak_or_the_usual_place(monkeypatch, moves):
    """Where objects stand still, their place is as good as the peak.

    Against a random place both win.
    """
    images = np.zeros((40, 32, 32, 3), np.uint8)
    for index, image in enumerate(images):
        row, column = (4 * (index % 8), 6 * (index // 8)) if moves else (20, 6)
        image[row : row + 2, column : column + 2] = 255
    monkeypatch.setattr(MODULE, "see", lambda explainer, _: explainer.look)
    found = occlusion(Spot(), _split(images))
    assert found["images_exchanged"] == found["images"] == 40
    assert found["score_auc"] > 0.95
    if moves:
        assert found["score_auc_exchanged"] == 1
        assert found["filter_auc_exchanged"] == 1
        assert found["score_exchanged"] == 0
    else:
        assert found["score_auc_exchanged"] == 0.5
        assert found["filter_auc_exchanged"] == 0.5
        assert found["score_exchanged"] == found["score_peak"] == 254


def test_exchanged_with_another_image_of_the_category_that_fires():
    """Image 0 has 2 alone; 3 is alone in its category, 1 is silent."""
    positions = np.arange(8).reshape(4, 1, 2) / 10
    strengths = np.array([[1.0], [0], [2], [3]])
    positions[1] = np.nan
    found = exchanged_peaks(
        FilterPeaks(positions, strengths),
        np.zeros(4, int),
        np.array([5, 5, 5, 6]),
        np.random.default_rng(0),
    )
    np.testing.assert_array_equal(found[0], positions[2, 0])
    np.testing.assert_array_equal(found[2], positions[0, 0])
    assert found[1].tolist() in positions[[0, 2], 0].tolist()
    assert np.isnan(found[3]).all()


def test_without_another_image_there_is_no_exchange(monkeypatch):
    """One image: the other numbers are as ever, but without an interval."""
    images = np.zeros((1, 32, 32, 3), np.uint8)
    images[:, 20:22, 6:8] = 255
    monkeypatch.setattr(MODULE, "see", lambda explainer, _: explainer.look)
    found = occlusion(Spot(), _split(images))
    assert set(found) == {
        *("images", "images_exchanged", "score_auc", "filter_auc"),
        *("score_peak", "score_random"),
    }
    assert found["images_exchanged"] == 0


def test_numbers_of_a_real_network():
    """Shares in [0, 1], one seed one result, every image asked."""
    images = toy_images(9)
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    explainer.calibrate(images)
    split = _split(images.astype("uint8"))
    found = occlusion(explainer, split, batch_size=4)
    assert found == occlusion(explainer, split, batch_size=4)
    assert found["images"] == 9
    assert 0 <= found["score_auc"] <= 1 and 0 <= found["filter_auc"] <= 1
    low, high = found["score_peak_interval"]
    assert low < found["score_peak"] < high
    conv = explainer.encoder.interp_2.conv
    conv.kernel.assign(np.zeros(conv.kernel.shape))
    assert occlusion(explainer, split) == {"images": 0}
