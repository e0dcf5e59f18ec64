"""Every registered performer, also one added later, keeps the contract."""

import inspect

import keras
import numpy as np
import pytest

from tf_explainer.performers import PERFORMERS
from tf_explainer.testing import check_performer

# Of these a builder gets those that it takes, so that networks are tiny.
TINY = {"image_size": 99, "width": 4, "units": 8, "alpha": 0.25}


def tiny(name):
    """Returns a tiny network, normalized to random images as by training."""
    keras.utils.set_random_seed(0)
    build = PERFORMERS.get(name)
    taken = inspect.signature(build).parameters
    chosen = {key: value for key, value in TINY.items() if key in taken}
    performer = build(3, **chosen)
    images = np.random.default_rng(0).uniform(0, 255, (8, 99, 99, 3))
    trainable = [layer.trainable for layer in performer.layers]
    for layer in performer.layers:
        layer.momentum, layer.trainable = 0.0, True
    performer(images.astype("float32"), training=True)
    for layer, before in zip(performer.layers, trainable, strict=True):
        layer.trainable = before
    return performer


@pytest.mark.parametrize(
    ("name", "export"),
    [
        ("small_cnn", False),
        *(
            pytest.param(name, True, marks=pytest.mark.slow)
            for name in PERFORMERS.names()
        ),
    ],
)
def test_contract(name, export):
    """From the cut that is found to the saved model; see the check itself."""
    check_performer(tiny(name), export=export)
