"""The contracts of an explainer and of a performer."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.attachment import Attachment, Cut, FlatGraph, choose_cut
from tf_explainer.attachment.head import both_scores
from tf_explainer.attachment.loadable import plain_model
from tf_explainer.attachment.station import has_kernel, layers_between
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.parts import found_parts
from tf_explainer.export import export_saved_model
from tf_explainer.export.served import OUTPUTS, served_outputs
from tf_explainer.performers import PERFORMERS


def toy_performer(classes: int = 3, seed: int = 0) -> keras.Model:
    """Returns an untrained `small_cnn` of 32-pixel images with 4 × 4 maps.

    Args:
        classes: Number of categories.
        seed: Seed of its weights.
    """
    keras.utils.set_random_seed(seed)
    return PERFORMERS.get("small_cnn")(classes, image_size=32, width=4, units=8)


def toy_images(count: int = 12, seed: int = 0) -> np.ndarray:
    """Returns random images for `toy_performer`, float32, values 0–255.

    Args:
        count: Number of images.
        seed: Seed of their values.
    """
    draw = np.random.default_rng(seed).uniform
    return draw(0, 255, (count, 32, 32, 3)).astype("float32")


def check_explainer(
    explainer: Explainer, images: Any, export: bool = True
) -> None:
    """Checks an explainer's outputs, frozen performer and round trips.

    A short training moves the explainer and nothing of the performer; the
    outputs have their shapes and are finite; `.keras` and SavedModel give the
    same outputs again.

    Args:
        explainer: A compiled explainer. It is trained for two epochs of two
            steps each.
        images: float32 array `(images, H, W, 3)`, at least two images.
        export: Whether the SavedModel is made, too, which takes longest.

    Raises:
        AssertionError: If the explainer breaks the contract.
    """
    performer = [np.array(value) for value in explainer.performer.weights]
    own = [np.array(value) for value in explainer.trainable_weights]
    half = -(-len(images) // 2)
    # In the first one the parts are found, in the second they are used.
    explainer.fit(images, epochs=2, batch_size=half, verbose=0)
    for before, now in zip(performer, explainer.performer.weights, strict=True):
        np.testing.assert_array_equal(before, now, f"{now.path} moved")
    still = [
        now.path
        for before, now in zip(own, explainer.trainable_weights, strict=True)
        if np.array_equal(before, now)
    ]
    assert len(still) < len(own) / 2, (
        f"most weights stand still: {', '.join(still)}; either their gradient "
        "or the performer's features are near zero"
    )
    outputs = explainer(images)
    _check_outputs(explainer, outputs, len(images))
    with tempfile.TemporaryDirectory() as folder:
        _check_keras(explainer, images, outputs, Path(folder))
        if export:
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
    answers = {
        name: served[name](images=tf.constant(images))
        for name in ("serving_default", *OUTPUTS)
    }
    if explainer.compute_dtype != "float32" or _is_mixed(explainer.performer):
        # A graph fuses layers and rounds less often than eager calls do.
        outputs = tf.function(explainer)(tf.constant(images))
    for signature in OUTPUTS:
        for name in served_outputs(explainer, signature):
            found = answers[signature][name]
            _check_near(name, found, outputs[name], 1e-5)
    answer = answers["serving_default"]
    pieces = next(answer[n] for n in answer if n.endswith("_contributions"))
    total = np.sum(pieces, axis=-1) + answer["ordinary"] + answer["rest"]
    _check_near("the sum of contributions", total, answer["score"], 1e-4)


def _check_near(name: str, one: Any, other: Any, limit: float) -> None:
    np.testing.assert_allclose(one, other, rtol=1e-3, atol=limit, err_msg=name)


def _is_mixed(model: keras.Model) -> bool:
    layers = model._flatten_layers()
    return any(layer.compute_dtype != "float32" for layer in layers)


def check_performer(
    performer: keras.Model,
    images: Any = None,
    target_layer: str | None = None,
    replaced_layer: str | None = None,
    reconstructed_layers: Sequence[str] | None = None,
    export: bool = True,
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
        export: Whether graphs are compiled and the SavedModel is made, too;
            without, a check takes seconds.

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
    explainer.compile(
        optimizer=keras.optimizers.Adam(1e-3), run_eagerly=not export
    )
    losses = explainer.evaluate(images, verbose=0, return_dict=True)
    assert np.isfinite(list(losses.values())).all(), f"losses are {losses}"
    check_explainer(explainer, images, export)


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
    finding = []
    if explainer.encoder.parts:
        finding = explainer.encoder.part_head.trainable_weights
    found = {id(weight) for weight in finding}
    weights = [w for w in explainer.trainable_weights if id(w) not in found]
    with tf.GradientTape(persistent=True) as tape:
        output = explainer.encode(features).output
        losses = [explainer.objective(features, output)["loss"]]
        if finding:
            lesson = explainer.examples.lesson(images)
            losses.append(found_parts(explainer, lesson)["loss"])
    for loss, learning in zip(losses, (weights, finding), strict=False):
        gradients = tape.gradient(loss, learning)
        for weight, gradient in zip(learning, gradients, strict=True):
            assert gradient is not None, f"{weight.path} gets no gradient"
        assert np.isfinite(gradient).all(), (
            f"{weight.path} gets a gradient that is not finite"
        )


def _scores(performer: keras.Model, images: Any) -> np.ndarray:
    scores = both_scores(plain_model(performer)(images, training=False))
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
