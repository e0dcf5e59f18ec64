"""Both scores of one sigmoid."""

import numpy as np
import pytest

from tf_explainer.attachment import SigmoidPair
from tf_explainer.testing import check_layer

LOGITS = np.array([[-2.0], [0.5]], "float32")


def sigmoid(values):
    """By its definition."""
    return 1 / (1 + np.exp(-values))


@pytest.mark.parametrize("positive", [0, 1])
def test_scores_and_their_logits(positive):
    """The column of `positive` is the sigmoid; the other is what is left."""
    pair = SigmoidPair(positive)
    scores = np.asarray(pair(sigmoid(LOGITS)))
    np.testing.assert_allclose(scores[:, positive], sigmoid(LOGITS)[:, 0])
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(
        sigmoid(np.asarray(pair.logits(LOGITS))), scores, rtol=1e-5
    )


def test_contract():
    """As of every layer."""
    check_layer(SigmoidPair, {"positive": 0}, sigmoid(LOGITS))
