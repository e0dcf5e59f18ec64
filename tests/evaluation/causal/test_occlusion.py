"""Covering a square, and what it costs."""

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.evaluation.causal.occlusion import covered, occlusion
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer


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
