"""The contract of an explainer."""

import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.explainer import Explainer
from tf_explainer.export import export_saved_model
from tf_explainer.export.saved_model import OUTPUTS


def check_explainer(explainer: Explainer, images: Any) -> None:
    """Checks an explainer's outputs, frozen performer and round trips.

    Two training steps move the explainer and nothing of the performer; the
    outputs have their shapes and are finite; `.keras` and SavedModel give the
    same outputs again.

    Args:
        explainer: A compiled explainer. It is trained for two steps.
        images: float32 array `(images, H, W, 3)`, at least two images.

    Raises:
        AssertionError: If the explainer breaks the contract.
    """
    performer = [np.array(value) for value in explainer.performer.weights]
    own = [np.array(value) for value in explainer.trainable_weights]
    half = -(-len(images) // 2)
    explainer.fit(images, epochs=1, batch_size=half, verbose=0)
    for before, now in zip(performer, explainer.performer.weights, strict=True):
        np.testing.assert_array_equal(before, now, f"{now.path} moved")
    still = [
        now.path
        for before, now in zip(own, explainer.trainable_weights, strict=True)
        if np.array_equal(before, now)
    ]
    assert len(still) < len(own) / 2, (
        f"most weights of the explainer stand still: {', '.join(still)}; "
        "either their gradient or the performer's features are near zero"
    )
    outputs = explainer(images)
    _check_outputs(explainer, outputs, len(images))
    with tempfile.TemporaryDirectory() as folder:
        _check_keras(explainer, images, outputs, Path(folder))
        _check_saved_model(explainer, images, outputs, Path(folder))


def _check_outputs(explainer: Explainer, outputs: Any, count: int) -> None:
    filters = explainer.filters
    units = explainer.receptive_field.units
    shapes = {
        "maps": (count, *units, filters),
        "peaks": (count, filters, 2),
        "peak_strengths": (count, filters),
        "p": (count,),
    }
    for name, shape in shapes.items():
        assert outputs[name].shape == shape, (
            f"{name} has shape {outputs[name].shape}, not {shape}"
        )
    for value in keras.tree.flatten(outputs):
        assert np.isfinite(value).all(), "an output is not finite"
    peaks, silent = np.array(outputs["peaks"]), outputs["peak_strengths"] <= 0
    assert (peaks[silent] == -1).all(), "a silent filter has a peak"
    shown = peaks[~np.array(silent)]
    assert ((shown >= 0) & (shown <= 1)).all(), "a peak lies outside the image"


def _check_keras(
    explainer: Explainer, images: Any, outputs: Any, folder: Path
) -> None:
    path = folder / "explainer.keras"
    explainer.save(path)
    loaded = keras.saving.load_model(path)(images)
    keras.tree.map_structure(
        lambda one, other: np.testing.assert_allclose(
            one, other, rtol=1e-5, atol=1e-6, err_msg=".keras"
        ),
        outputs,
        loaded,
    )


def _check_saved_model(
    explainer: Explainer, images: Any, outputs: Any, folder: Path
) -> None:
    export_saved_model(explainer, folder / "1")
    served = tf.saved_model.load(str(folder / "1")).signatures
    answer = served["serving_default"](images=tf.constant(images))
    if explainer.compute_dtype != "float32" or _is_mixed(explainer.performer):
        # A graph fuses layers and rounds less often than eager calls do.
        outputs = tf.function(explainer)(tf.constant(images))
    for name in OUTPUTS:
        np.testing.assert_allclose(
            answer[name], outputs[name], rtol=1e-3, atol=1e-5, err_msg=name
        )


def _is_mixed(model: keras.Model) -> bool:
    return any(
        layer.compute_dtype != "float32" for layer in model._flatten_layers()
    )
