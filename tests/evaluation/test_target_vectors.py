"""Places drawn from the target feature."""

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.evaluation.sources import target_vectors
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_performer


def test_every_place_once_where_there_are_few():
    """Five images of 4 × 4 units: all 80 vectors, each its own."""
    images = np.random.default_rng(0).integers(0, 255, (5, 32, 32, 3), np.uint8)
    split = PartSplit(
        images=tf.data.Dataset.from_tensor_slices(images),
        labels=np.zeros(5, np.int32),
        landmarks=np.zeros((5, 0, 2), np.float32),
        files=tuple("abcde"),
    )
    explainer = Explainer.from_performer(toy_performer())
    found = target_vectors(explainer, split, batch_size=2, seed=0)
    maps = explainer.layer_maps(images.astype("float32"))["target"]
    expected = np.reshape(maps, (-1, maps.shape[-1]))
    order = [np.lexsort(one.round(3).T) for one in (found, expected)]
    np.testing.assert_allclose(
        found[order[0]], expected[order[1]], rtol=1e-3, atol=1e-4
    )
