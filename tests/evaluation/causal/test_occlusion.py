"""Covering a square, and what it costs."""

import sys
import types

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.evaluation.causal.occlusion import covered, occlusion
from tf_explainer.evaluation.filter_peaks import FilterPeaks
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

    def contributions(self, images):
        """One filter."""
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


@pytest.mark.parametrize("on_the_spot", [True, False])
def test_known_answer(monkeypatch, on_the_spot):
    """Covering what is looked at costs all of it, any other place nothing."""
    images = np.zeros((40, 32, 32, 3), np.uint8)
    images[:, 20:22, 6:8] = 255
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.zeros(40, np.int32),
        landmarks=np.zeros((40, 0, 2), np.float32),
        files=tuple(map(str, range(40))),
    )
    spot = Spot(None if on_the_spot else 0.9)
    monkeypatch.setattr(MODULE, "see", lambda explainer, _: explainer.look)
    found = occlusion(spot, split)
    # Of 29 x 29 places of a square, 9 cover the whole spot.
    assert found["score_random"] < 0.1 * 254
    if on_the_spot:
        assert found["score_peak"] == 254
        assert found["score_auc"] > 0.95 and found["filter_auc"] > 0.95
    else:
        assert found["score_peak"] == 0 and 0.4 < found["score_auc"] <= 0.5


def test_numbers_of_a_real_network():
    """Shares in [0, 1], one seed one result, every image asked."""
    images = toy_images(9)
    explainer = Explainer.from_performer(toy_performer())
    explainer.calibrate(images)
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images.astype("uint8")),
        labels=np.zeros(9, np.int32),
        landmarks=np.zeros((9, 0, 2), np.float32),
        files=tuple("abcdefghi"),
    )
    found = occlusion(explainer, split, batch_size=4)
    assert found == occlusion(explainer, split, batch_size=4)
    assert found["images"] == 9
    assert 0 <= found["score_auc"] <= 1 and 0 <= found["filter_auc"] <= 1
    conv = explainer.encoder.interp_2.conv
    conv.kernel.assign(np.zeros(conv.kernel.shape))
    assert occlusion(explainer, split) == {"images": 0}
