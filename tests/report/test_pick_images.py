"""Images by index, in one reading."""

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.report.page import pick_images


def test_picks_by_index():
    """Image i is full of i."""
    images = np.arange(5, dtype=np.uint8)[:, None, None, None]
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(
            np.broadcast_to(images, (5, 4, 4, 3))
        ),
        labels=np.zeros(5, np.int32),
        landmarks=np.zeros((5, 0, 2), np.float32),
        files=("a",) * 5,
    )
    found = pick_images(split, [3, 0, 3])
    assert sorted(found) == [0, 3]
    np.testing.assert_array_equal(found[3], np.full((4, 4, 3), 3))
    assert found[3].dtype == np.uint8
    assert pick_images(split, []) == {}
