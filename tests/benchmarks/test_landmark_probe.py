"""The supervised probe finds what there is, and stays silent otherwise."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment import ReceptiveField
from tf_explainer.datasets.part_dataset import PartSplit

FIELD = ReceptiveField((4.0, 4.0), (8.0, 8.0), (8.0, 8.0), (64, 64), (8, 8))


@pytest.fixture(scope="module")
def probe(load_script):
    """The script as a module."""
    return load_script("landmark_probe")


def _split(count, seed):
    """The first landmark lights one unit; the second lies anywhere."""
    random = np.random.default_rng(seed)
    units = random.integers(0, 8, (count, 2))
    target = np.zeros((count, 8, 8, 1), "float32")
    target[np.arange(count), units[:, 0], units[:, 1]] = 1
    places = [(4 + 8 * units) / 64, random.uniform(0, 1, (count, 2))]
    landmarks = np.stack(places, axis=1).astype("float32")
    landmarks[:3, 0] = np.nan
    split = PartSplit(
        images=tf.data.Dataset.range(count),
        labels=np.zeros(count, "int32"),
        landmarks=landmarks,
        files=tuple(map(str, range(count))),
    )
    return target, split


@pytest.mark.slow
def test_probe(probe):
    """A landmark that can be told is; for one that cannot, silence is best."""
    data = [_split(400, seed=0), _split(200, seed=1)]
    (target, train), _ = data
    network = probe.trained_probe(
        target, train.landmarks, FIELD, units=8, epochs=40
    )
    located = [
        probe.located_maps(network.predict(maps, verbose=0), split, FIELD)
        for maps, split in data
    ]
    found = probe.skills(*located)
    assert found["always"][0] > 0.95
    assert found["always"][1] < -0.2
    assert found["silent"][0] == pytest.approx(found["always"][0], abs=0.05)
    assert -0.15 < found["silent"][1] < 0.1
