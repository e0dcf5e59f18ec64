"""The score loss, against its definition."""

import numpy as np
import pytest

from tf_explainer.explainer import Explainer


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize(
    ("activation", "units"),
    [("softmax", 3), ("linear", 3), ("log_softmax", 3), ("sigmoid", 1)],
)
def test_score_loss_by_definition(ending_in, activation, units):
    """`-E sum p* log p`, p* of the performer; its minimum is at p = p*."""
    performer = ending_in(units, activation=activation)
    plain, explainer = (
        Explainer.from_performer(
            performer, score_weight=weight, eta=1.0, preset="filters"
        )
        for weight in (0, 0.3)
    )
    explainer.set_weights(plain.get_weights())
    x = np.random.default_rng(0).uniform(0, 255, (5, 16, 16, 3))
    x = x.astype("float32")
    features = dict(explainer.attachment.features(x))
    output = explainer.encode(features).output
    terms = explainer.objective(features, output)
    own, rebuilt = (
        _probabilities(np.asarray(scores, "float64"), activation)
        for scores in (features["scores"], explainer(x)["scores"])
    )
    expected = -(own * np.log(rebuilt)).sum(axis=1).mean()
    assert float(terms["score_loss"]) == pytest.approx(expected, rel=1e-4)
    assert expected > -(own * np.log(own)).sum(axis=1).mean()
    total = float(plain.objective(features, output)["loss"]) + 0.3 * expected
    assert float(terms["loss"]) == pytest.approx(total, rel=1e-4)
    losses = explainer.fit(x, verbose=0).history
    assert losses["score_loss"][0] == pytest.approx(expected, rel=0.2)


def _probabilities(scores, activation):
    if activation in ("softmax", "sigmoid"):
        return scores
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
