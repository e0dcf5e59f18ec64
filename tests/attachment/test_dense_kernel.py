"""Groups are zeros in a kernel over all channels."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.attachment.convolution import dense_kernel
from tf_explainer.performers.network_layers import GroupedConv2D


@pytest.mark.parametrize("kind", [keras.layers.Conv2D, GroupedConv2D])
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_computes_the_same(kind, groups):
    """One convolution over all channels gives the maps of the groups."""
    x = np.random.default_rng(0).random((2, 5, 5, 8), "float32")
    conv = kind(4, 3, padding="same", groups=groups)
    expected = conv(x)
    kernel = dense_kernel(conv)
    assert kernel.shape == (3, 3, 8, 4)
    received = tf.nn.conv2d(x, kernel, 1, "SAME")
    np.testing.assert_allclose(received, expected, rtol=1e-5, atol=1e-6)


def test_zero_across_groups():
    """The first two filters see the first four channels alone."""
    conv = GroupedConv2D(4, 1, groups=2)
    conv.build((1, 1, 1, 8))
    kernel = dense_kernel(conv)[0, 0]
    assert kernel[:4, :2].all() and kernel[4:, 2:].all()
    assert not kernel[:4, 2:].any() and not kernel[4:, :2].any()
