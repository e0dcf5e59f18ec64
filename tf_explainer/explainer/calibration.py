"""The first α, magnitudes and weights of the loss, from images."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.errors import InputError
from tf_explainer.explainer.part_encoder import standardize
from tf_explainer.explainer.start import start_encoder
from tf_explainer.features.batches import feature_batches, is_features
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.images import image_batches
from tf_explainer.losses import squared_norm


def calibrate_on(
    explainer: Any, images: Any, batch_size: int | None = None
) -> None:
    """Sets `lambda_l`, magnitudes and α from images, without training.

    Args:
        explainer: An `Explainer`.
        images: As in `fit`; of features with views, the images alone.
        batch_size: Images in a batch; 32 if not given.

    Raises:
        InputError: See `fit`.
    """
    with told_faults():
        calibrate(explainer, features_of(explainer, images, batch_size))


def features_of(
    explainer: Any, images: Any, batch_size: int | None
) -> tf.data.Dataset:
    """Returns batches of the performer's features.

    Args:
        explainer: An `Explainer`.
        images: As in `fit`.
        batch_size: Images in a batch; 32 if not given.
    """
    read = explainer.examples
    if is_features(images):
        batches = feature_batches(explainer.attachment, images, batch_size)
    else:
        batches = image_batches(images, batch_size, read.shape)
    return batches.map(read.features)


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
    if encoder.parts and not explainer.calibrated.numpy():
        standardize(encoder.part_head, features)

    def observe(batch: Any) -> Any:
        explainer.encode(batch, training=True)
        return ops.shape(batch["target"])[0]

    first = sum(map(int, map(in_graph(observe, features), features)))
    for norm in explainer.norms:
        norm.commit_alpha()
    for layer in encoder.interpretable:
        layer.filter_categories.assign()
    encoder.magnitude.assign(ops.ones_like(encoder.magnitude))

    def magnitudes(batch: Any) -> dict[str, Any]:
        return {
            **{name: _norm(batch[name], explainer) for name in layers},
            _TOP: _energy(encoder.pooled(batch["replaced"])),
            _ENCODED: _energy(explainer.encode(batch).output),
        }

    means = _Means()
    for found in map(in_graph(magnitudes, features), features):
        for name, values in found.items():
            means.add(name, values)
    if not first or means.count(_ENCODED) != first:
        raise InputError(
            "`images` must give the same images in each pass, received "
            f"{first} and then {means.count(_ENCODED)}."
        )
    scale = 5e4 if explainer.settings.calibration == "paper" else 1.0
    for name in layers:
        weight = scale / max(float(means.of(name)), 1e-12)
        explainer.reconstruction_weights[name].assign(weight)
    encoded = means.of(_ENCODED)
    # What hardly fires now would drown all else once it fires as others do.
    least = max(LEAST_ENCODED * encoded.mean(), 1e-12)
    ratio = means.of(_TOP) / np.maximum(encoded, least)
    encoder.magnitude.assign(np.sqrt(ratio))
    explainer.calibrated.assign(1.0)


# Of the mean channel's energy; a weaker channel counts as if it had so much.
LEAST_ENCODED = 0.1
# Beside the names of layers, which begin otherwise.
_TOP, _ENCODED = "/top", "/encoded"
# Fewer batches are done sooner than a graph is traced.
_FEW = 8


def in_graph(
    function: Callable[[Any], Any], features: tf.data.Dataset
) -> Callable[[Any], Any]:
    """Returns a function of a batch as a graph, where that pays.

    Operations one by one take twice as long as in a graph.

    Args:
        function: Of a batch of `features`.
        features: What it will be called with.
    """
    if 0 <= int(features.cardinality()) <= _FEW:
        return function
    signature = [features.element_spec]
    return tf.function(function, signature, autograph=False)


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
