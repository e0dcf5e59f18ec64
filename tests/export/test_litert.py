"""A signature of the SavedModel on a phone: built-in operations alone."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.explainer import Explainer
from tf_explainer.export import export_saved_model
from tf_explainer.testing import toy_images, toy_performer


def converted(saved_model, signature):
    """Runs a signature, with LiteRT's own operations alone."""
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(saved_model), signature_keys=[signature]
    )
    builtins = {tf.lite.OpsSet.TFLITE_BUILTINS}
    assert converter.target_spec.supported_ops == builtins
    interpreter = tf.lite.Interpreter(model_content=converter.convert())
    return interpreter.get_signature_runner(signature)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_runs_and_agrees(tmp_path):
    """Keras' numbers to 1e-4, and NaN for an image that is NaN."""
    explainer = Explainer.from_performer(toy_performer())
    images = toy_images(4)
    explainer.calibrate(images)
    export_saved_model(explainer, tmp_path / "1")
    run = converted(tmp_path / "1", "explain")
    told, expected = run(images=images), explainer(images)
    for name in ("scores", "performer_scores", "part_places", "trust"):
        np.testing.assert_allclose(told[name], expected[name], atol=1e-4)
    pieces = explainer.contributions(images)
    np.testing.assert_allclose(
        told["part_contributions"], pieces.parts, atol=1e-3
    )
    for name in ("ordinary", "rest", "score"):
        np.testing.assert_allclose(told[name], getattr(pieces, name), atol=1e-3)
    peaks = converted(tmp_path / "1", "filters")(images=images)["peaks"]
    np.testing.assert_allclose(peaks, expected["peaks"], atol=1e-4)
    assert (peaks >= 0).any()
    images[1, 3, 3, 0] = np.nan
    broken = np.isnan(run(images=images)["scores"])
    assert broken[1].all() and not broken[[0, 2, 3]].any()
