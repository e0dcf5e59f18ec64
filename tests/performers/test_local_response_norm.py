"""LocalResponseNorm against its definition."""

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.performers.network_layers import LocalResponseNorm
from tf_explainer.testing import check_layer


@pytest.mark.parametrize("channels", [1, 3, 5, 9])
def test_definition(channels):
    """Channel by channel, with fewer neighbors at both ends."""
    x = np.random.default_rng(0).normal(0, 3, (2, 3, 2, 7)).astype("float32")
    layer = LocalResponseNorm(channels, kappa=1.5, alpha=0.2, beta=0.6)
    expected = np.empty_like(x)
    half = channels // 2
    for k in range(7):
        total = sum(x[..., t] ** 2 for t in range(7) if abs(t - k) <= half)
        expected[..., k] = x[..., k] / (1.5 + 0.2 * total) ** 0.6
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5)


def test_alpha_multiplies_the_sum_by_hand():
    """Three channels of 1, N = 3: the middle one is 1 / (1 + 2 · 3)."""
    x = np.ones((1, 1, 1, 3), "float32")
    layer = LocalResponseNorm(3, kappa=1.0, alpha=2.0, beta=1.0)
    np.testing.assert_allclose(
        np.ravel(layer(x)), [1 / 5, 1 / 7, 1 / 5], rtol=1e-6
    )


def test_contract():
    """Config, files, XLA, precision."""
    maps = np.random.default_rng(0).random((2, 4, 3, 6), "float32")
    check_layer(
        LocalResponseNorm, {"channels": 3, "kappa": 1.0, "alpha": 0.1}, maps
    )


@pytest.mark.parametrize("channels", [0, 4])
def test_rejects_even_windows(channels):
    """They have no middle."""
    with pytest.raises(InputError, match=f"`channels`.*received {channels}"):
        LocalResponseNorm(channels)
