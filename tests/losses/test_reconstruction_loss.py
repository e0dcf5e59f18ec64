"""The other two terms of the loss, by hand."""

import numpy as np
import pytest

from tf_explainer.losses import reconstruction_loss, track_share_loss


def test_reconstruction_by_hand():
    """λ_a (1 + 9) / 2 + λ_b (4 + 0) / 2 for two images."""
    rebuilt = {"a": np.array([[1.0], [3.0]]), "b": np.array([[2.0], [1.0]])}
    features = {"a": np.zeros((2, 1)), "b": np.array([[0.0], [1.0]])}
    loss = reconstruction_loss(rebuilt, features, {"a": 0.1, "b": 10.0})
    assert float(loss) == pytest.approx(0.1 * 5 + 10 * 2)


@pytest.mark.parametrize("p", [0.01, 0.5, 0.999])
def test_track_share_by_hand(p):
    """-η log p."""
    logit = np.log(p / (1 - p))
    loss = float(track_share_loss(logit, eta=3.0))
    assert loss == pytest.approx(-3.0 * np.log(p), rel=1e-5)
