"""GroupedConv2D is Keras' own grouped convolution."""

import keras
import numpy as np
import pytest

from tf_explainer.performers.network_layers import GroupedConv2D
from tf_explainer.testing import check_layer

INIT = {"filters": 4, "kernel_size": 3, "groups": 2, "padding": "same"}


@pytest.mark.parametrize(
    "change", [{}, {"padding": "valid", "strides": 2}, {"groups": 1}]
)
def test_equals_keras(change):
    """The same weights give the same maps, in groups and without."""
    x = np.random.default_rng(0).random((2, 7, 6, 8), "float32")
    ours = GroupedConv2D(**{**INIT, **change})
    theirs = keras.layers.Conv2D(**{**INIT, **change})
    expected = theirs(x)
    ours.build(x.shape)
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(ours(x), expected, rtol=1e-5, atol=1e-6)


def test_contract():
    """Config, files, XLA, precision."""
    maps = np.random.default_rng(0).random((2, 4, 4, 4), "float32")
    check_layer(GroupedConv2D, INIT, maps)
