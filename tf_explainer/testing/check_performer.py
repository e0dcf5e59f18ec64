"""The contract of a performer."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.explainer import Explainer
from tf_explainer.performers import Attachment, Cut, FlatGraph, choose_cut
from tf_explainer.performers.has_kernel import has_kernel
from tf_explainer.performers.layers_between import layers_between
from tf_explainer.performers.plain_model import plain_model
from tf_explainer.testing.check_explainer import check_explainer


def check_performer(
    performer: keras.Model,
    images: Any = None,
    target_layer: str | None = None,
    replaced_layer: str | None = None,
    reconstructed_layers: Sequence[str] | None = None,
) -> None:
    """Checks that a CNN can be explained, from the cut to the saved model.

    A kernel lies between target and replaced layer, so that there is
    something to replace; its scores are finite and the same each time; its
    pieces, put together, are the performer; an explainer of it gets a
    gradient for every weight and the performer none; the explainer evaluates;
    and it keeps the contract of `check_explainer`: two training steps move
    nothing of the performer, shapes, `.keras` and SavedModel, with the
    performer's scores in both.

    Args:
        performer: A built Keras model from images to class scores.
        images: float32 array `(images, H, W, channels)`, at least two images;
            `None` means random ones with values 0–255.
        target_layer: See `Explainer.from_performer`.
        replaced_layer: See `Explainer.from_performer`.
        reconstructed_layers: See `Explainer.from_performer`.

    Raises:
        AssertionError: If the performer breaks the contract.
        InputError: If it cannot be taken apart.
    """
    graph = FlatGraph.of(performer)
    if images is None:
        shape = (4, *graph.inputs.shape[1:])
        images = np.random.default_rng(0).uniform(0, 255, shape)
    images = np.asarray(images, "float32")
    rebuilt = tuple(reconstructed_layers) if reconstructed_layers else None
    cut, _ = choose_cut(graph, target_layer, replaced_layer, rebuilt)
    _check_kernel(graph, cut)
    _check_scores(performer, images)
    _check_pieces(performer, Attachment.of(performer, cut, graph), images)
    explainer = Explainer.from_performer(performer, *_layers(cut))
    _check_gradients(explainer, images)
    explainer.compile(optimizer=keras.optimizers.Adam(1e-3))
    losses = explainer.evaluate(images, verbose=0, return_dict=True)
    assert np.isfinite(list(losses.values())).all(), f"losses are {losses}"
    check_explainer(explainer, images)


def _layers(cut: Cut) -> tuple[str, str, tuple[str, ...]]:
    return cut.target_layer, cut.replaced_layer, cut.reconstructed_layers


def _check_kernel(graph: FlatGraph, cut: Cut) -> None:
    between = layers_between(graph, cut.target_layer, cut.replaced_layer)
    assert any(has_kernel(graph, path) for path in between), (
        f"no layer from {cut.target_layer} to {cut.replaced_layer} has a "
        f"kernel: {', '.join(between)}"
    )


def _check_scores(performer: keras.Model, images: Any) -> None:
    scores = _scores(performer, images)
    assert scores.shape[0] == len(images), f"scores have shape {scores.shape}"
    assert np.isfinite(scores).all(), "a score is not finite"
    np.testing.assert_array_equal(
        _scores(performer, images), scores, "the scores change between calls"
    )


def _check_pieces(
    performer: keras.Model, attachment: Attachment, images: Any
) -> None:
    """Features → pool → decoder → head gives what the performer gives."""
    features = attachment.features(images, training=False)
    top = features["replaced"]
    pooled = top if attachment.pool is None else attachment.pool(top)
    decoder = attachment.new_decoder()
    rebuilt = decoder(pooled, training=False)
    tolerance = _tolerance(performer)
    for layer in attachment.cut.reconstructed_layers:
        wanted = features[layer]
        _check_close(f"decoder, {layer}", rebuilt[layer], wanted, tolerance)
    last = rebuilt[attachment.cut.reconstructed_layers[-1]]
    scores = attachment.head(last, training=False)
    _check_close("head", scores, _scores(performer, images), tolerance)
    units = attachment.receptive_field.units
    assert tuple(features["target"].shape[1:3]) == units, (
        f"the target's map is {features['target'].shape}, not {units}"
    )


def _check_gradients(explainer: Explainer, images: Any) -> None:
    frozen = {id(weight) for weight in explainer.performer.weights}
    assert not frozen & {id(one) for one in explainer.trainable_weights}, (
        "the performer would learn"
    )
    for layer in explainer.decoder._flatten_layers():
        kernel = getattr(layer, "kernel", None)
        assert kernel is None or kernel.trainable, (
            f"{layer.name} of the decoder does not learn"
        )
    explainer.calibrate(images)
    features = explainer.attachment.features(images, training=False)
    weights = explainer.trainable_weights
    with tf.GradientTape() as tape:
        output = explainer.encode(features).output
        loss = explainer.loss_terms(features, output)["loss"]
    for weight, gradient in zip(
        weights, tape.gradient(loss, weights), strict=True
    ):
        assert gradient is not None, f"{weight.path} gets no gradient"
        assert np.isfinite(gradient).all(), (
            f"{weight.path} gets a gradient that is not finite"
        )


def _scores(performer: keras.Model, images: Any) -> np.ndarray:
    scores = plain_model(performer)(images, training=False)
    return np.asarray(tf.cast(scores, tf.float32))


def _tolerance(performer: keras.Model) -> float:
    kinds = {layer.compute_dtype for layer in performer._flatten_layers()}
    return 3e-2 if kinds & {"float16", "bfloat16"} else 1e-4


def _check_close(
    what: str, received: Any, expected: Any, tolerance: float
) -> None:
    one, other = (
        np.asarray(tf.cast(value, tf.float32)) for value in (received, expected)
    )
    scale = max(float(np.abs(other).max()), 1e-6)
    np.testing.assert_allclose(
        one, other, rtol=0, atol=tolerance * scale, err_msg=what
    )
