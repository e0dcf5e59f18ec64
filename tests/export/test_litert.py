"""A signature of the SavedModel on a phone: built-in operations alone."""

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.explainer import Explainer
from tf_explainer.export import export_saved_model
from tf_explainer.testing import toy_images, toy_performer


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_runs_and_agrees(tmp_path):
    """Keras' numbers to 1e-4, and NaN for an image that is NaN."""
    explainer = Explainer.from_performer(toy_performer())
    images = toy_images(4)
    explainer.calibrate(images)
    export_saved_model(explainer, tmp_path / "1")
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(tmp_path / "1"), signature_keys=["explain"]
    )
    # No operations of TensorFlow beside LiteRT's own.
    assert converter.target_spec.supported_ops == {
        tf.lite.OpsSet.TFLITE_BUILTINS
    }
    interpreter = tf.lite.Interpreter(model_content=converter.convert())
    run = interpreter.get_signature_runner("explain")
    told, expected = run(images=images), explainer(images)
    for name, found in told.items():
        np.testing.assert_allclose(found, expected[name], atol=1e-4)
    assert (told["peaks"] >= 0).any()
    images[1, 3, 3, 0] = np.nan
    broken = np.isnan(run(images=images)["scores"])
    assert broken[1].all() and not broken[[0, 2, 3]].any()
