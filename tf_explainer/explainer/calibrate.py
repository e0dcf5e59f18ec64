"""Sets the constants that depend on the scale of the performer's features."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.errors import InputError
from tf_explainer.explainer.start_encoder import start_encoder
from tf_explainer.losses import squared_norm


def calibrate(explainer: Any, features: tf.data.Dataset) -> None:
    """Sets the first α, then `magnitude` and `lambda_l`, from features.

    The first time, the encoder's conv-layers start from the performer's, as
    far as one convolution can do what those do.

    Args:
        explainer: The `Explainer`.
        features: Batches as `Attachment.features` gives them.

    Raises:
        InputError: If there are none, or others in a second pass.

    Source:
        Zhang et al. 2018, section 4: `lambda_l = 5e4 / E‖max(x*_l, 0)‖`
        (calibration `paper`); `relative` is `1 / E‖x*_l‖²`. `magnitude` is
        ours: the copied weights of fc6 expect the performer's magnitudes, so
        each channel of the encoder's output starts with the root mean square
        of the performer's own channel.
    """
    encoder, layers = explainer.encoder, explainer.reconstructed_layers
    if explainer.settings.copy_conv and not explainer.calibrated.numpy():
        for batch in features.take(1):
            start_encoder(encoder, explainer.attachment, batch["target"])
    first = 0
    for batch in features:
        explainer.encode(batch, training=True)
        first += len(batch["target"])
    for norm in explainer.norms:
        norm.commit_alpha()
    for layer in encoder.interpretable:
        layer.filter_categories.assign()
    encoder.magnitude.assign(ops.ones_like(encoder.magnitude))
    means = _Means()
    for batch in features:
        for name in layers:
            means.add(name, _norm(batch[name], explainer))
        means.add("top", _energy(encoder.pooled(batch["replaced"])))
        means.add("encoded", _energy(explainer.encode(batch).output))
    if not first or means.count("encoded") != first:
        raise InputError(
            "`images` must give the same images in each pass, received "
            f"{first} and then {means.count('encoded')}."
        )
    scale = 5e4 if explainer.settings.calibration == "paper" else 1.0
    for name in layers:
        weight = scale / max(float(means.of(name)), 1e-12)
        explainer.reconstruction_weights[name].assign(weight)
    ratio = means.of("top") / np.maximum(means.of("encoded"), 1e-12)
    encoder.magnitude.assign(np.sqrt(ratio))
    explainer.calibrated.assign(1.0)


def _norm(feature: Any, explainer: Any) -> Any:
    if explainer.settings.calibration == "paper":
        return ops.sqrt(squared_norm(ops.relu(feature)))
    return squared_norm(feature)


def _energy(maps: Any) -> Any:
    """Sum of squares of each channel, `(batch, channels)`."""
    squares = ops.square(ops.cast(maps, "float32"))
    return ops.sum(squares, axis=(1, 2))


class _Means:
    """Running means over images, by name."""

    def __init__(self) -> None:
        self._total: dict[str, Any] = {}
        self._count: dict[str, int] = {}

    def add(self, name: str, values: Any) -> None:
        values = keras.ops.convert_to_numpy(values)
        self._total[name] = self._total.get(name, 0.0) + values.sum(axis=0)
        self._count[name] = self._count.get(name, 0) + len(values)

    def count(self, name: str) -> int:
        return self._count.get(name, 0)

    def of(self, name: str) -> Any:
        return self._total[name] / self._count[name]
