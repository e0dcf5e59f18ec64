"""ClassScores is a softmax that keeps the class names."""

import keras
import numpy as np
import pytest

from tf_explainer.performers.network_layers import ClassScores


def test_softmax_by_hand():
    """Logits 0 and log 3 give 1/4 and 3/4."""
    scores = ClassScores()(np.log([[1.0, 3.0]]))
    np.testing.assert_allclose(scores, [[0.25, 0.75]], rtol=1e-6)


def test_names_are_saved(tmp_path):
    """Also names that were set after the layer was made."""
    image = keras.Input((3,))
    layer = ClassScores(name="prob")
    model = keras.Model(image, layer(image))
    layer.class_names = ["cat", "background"]
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert again.get_layer("prob").class_names == ["cat", "background"]


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_scores_stay_float32(policy):
    """Under a global policy of mixed precision, too."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        scores = ClassScores()(np.ones((1, 2), "float16"))
    finally:
        keras.config.set_dtype_policy(before)
    assert scores.dtype == "float32"
