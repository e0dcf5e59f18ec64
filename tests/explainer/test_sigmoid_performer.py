"""A performer with one sigmoid, told from the background."""

import keras
import numpy as np
import pytest

from tf_explainer import Explainer
from tf_explainer.errors import InputError
from tf_explainer.evaluation.causal.performer_claims import performer_score
from tf_explainer.evaluation.causal.score_changes import see


@pytest.fixture
def sigmoid_performer(ending_in):
    """Makes a network that calls every image an object, or none."""

    def make(bias, activation="sigmoid", kernel="zeros"):
        return ending_in(
            1,
            activation=activation,
            kernel_initializer=kernel,
            bias_initializer=keras.initializers.Constant(bias),
        )

    return make


@pytest.mark.parametrize(("bias", "counted"), [(2.0, 6), (-2.0, 0)])
def test_background_of_a_sigmoid_does_not_count_towards_alpha(
    sigmoid_performer, bias, counted
):
    """`negative_category=1`, as of a single-category run."""
    explainer = Explainer.from_performer(
        sigmoid_performer(bias), negative_category=1, preset="filters"
    )
    images = np.random.default_rng(0).uniform(0, 255, (6, 16, 16, 3))
    features = explainer.attachment.features(images.astype("float32"))
    explainer.encode(features, training=True)
    assert float(explainer.norms[0].count) == counted


def test_a_score_without_sigmoid_is_refused(sigmoid_performer):
    """It would be read as a probability."""
    with pytest.raises(InputError, match=r"`performer`.*sigmoid"):
        Explainer.from_performer(
            sigmoid_performer(0.0, activation=None), preset="filters"
        )


def test_causal_checks_see_the_score_that_is_claimed(sigmoid_performer):
    """With the sign of the object, which is category 0."""
    explainer = Explainer.from_performer(
        sigmoid_performer(0.1, kernel="he_normal"),
        negative_category=1,
        preset="filters",
    )
    images = np.random.default_rng(0).integers(0, 255, (3, 16, 16, 3), "uint8")
    explainer.calibrate(images.astype("float32"))
    claimed, _ = performer_score(explainer)(
        images.astype("float32"), np.zeros(3, int)
    )
    seen = see(explainer, 2)(images).logits[:, 0]
    np.testing.assert_allclose(seen, claimed, rtol=1e-4, atol=1e-5)
