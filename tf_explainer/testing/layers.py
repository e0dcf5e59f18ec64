"""The contracts of a layer, of a filter loss and of a data set's builder."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.datasets import DATASETS
from tf_explainer.datasets.builders import settings_of
from tf_explainer.losses import FilterLoss

POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")


def check_layer(
    layer_class: type[keras.layers.Layer],
    init: Mapping[str, Any],
    inputs: Any,
    call: Mapping[str, Any] | None = None,
    prepare: Callable[[Any], None] | None = None,
    differentiable: bool = True,
) -> None:
    """Checks that a layer survives everything that is done to layers.

    Config round trip, `compute_output_shape`, one gradient, XLA, `.keras` and
    SavedModel round trips, and the three usual precision policies.

    Args:
        layer_class: A class registered with Keras.
        init: Constructor arguments, without `dtype` and `name`.
        inputs: A float32 array `(batch, …)`, or a list of them.
        call: Further call arguments.
        prepare: Called with the built layer first, to set what it keeps.
        differentiable: Whether gradients pass through it.

    Raises:
        AssertionError: If the layer breaks the contract.
    """
    call = dict(call or {})
    layer = layer_class(**init)
    expected = _run(layer, inputs, call)
    if prepare is not None:
        prepare(layer)
        expected = _run(layer, inputs, call)
    _check_config(layer)
    _check_shape(layer, inputs, expected)
    if differentiable:
        _check_gradient(layer, inputs, call)
    compiled = tf.function(
        lambda values: layer(values, **call), jit_compile=True
    )
    _check_close("XLA", _arrays(compiled(_tensors(inputs))), expected, 1e-5)
    _check_files(layer, inputs, call, expected)
    for policy in POLICIES:
        layer = layer_class(**init, dtype=policy)
        if prepare is not None:
            _run(layer, inputs, call)
            prepare(layer)
        _check_policy(layer, inputs, call, policy)


def _run(layer: Any, inputs: Any, call: Any) -> list[np.ndarray]:
    return _arrays(layer(_tensors(inputs), **call))


def _tensors(inputs: Any) -> Any:
    return keras.tree.map_structure(tf.constant, inputs)


def _arrays(outputs: Any) -> list[np.ndarray]:
    flat = keras.tree.flatten(outputs)
    return [np.asarray(tf.cast(value, tf.float32)) for value in flat]


def _check_config(layer: Any) -> None:
    kept = keras.saving.serialize_keras_object(layer)
    again = keras.saving.deserialize_keras_object(kept)
    assert type(again) is type(layer), (
        f"{type(layer).__name__} comes back as {type(again).__name__}"
    )
    assert again.get_config() == layer.get_config(), (
        f"config changes: {layer.get_config()} → {again.get_config()}"
    )


def _check_shape(layer: Any, inputs: Any, outputs: list[Any]) -> None:
    shapes = keras.tree.map_structure(lambda value: value.shape, inputs)
    computed = layer.compute_output_shape(shapes)
    if len(outputs) == 1:
        assert tuple(computed) == outputs[0].shape, (
            f"compute_output_shape says {computed}, call gives "
            f"{outputs[0].shape}"
        )


def _check_gradient(layer: Any, inputs: Any, call: Any) -> None:
    values = _tensors(inputs)
    with tf.GradientTape() as tape:
        tape.watch(values)
        outputs = layer(values, **call)
        floats = [
            value
            for value in keras.tree.flatten(outputs)
            if value.dtype.is_floating
        ]
        total = sum(tf.reduce_sum(value) for value in floats)
    if not floats:
        return
    for gradient in keras.tree.flatten(tape.gradient(total, values)):
        assert np.isfinite(gradient).all(), "the gradient is not finite"


def _check_files(
    layer: Any, inputs: Any, call: Any, expected: list[Any]
) -> None:
    symbols = keras.tree.map_structure(
        lambda value: keras.Input(value.shape[1:]), inputs
    )
    model = keras.Model(symbols, layer(symbols, **call))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        loaded = keras.saving.load_model(path)
        _check_close(".keras", _arrays(loaded(_tensors(inputs))), expected)
        model.export(f"{folder}/saved", verbose=False)
        # Kept in a name: its variables die with it.
        saved = tf.saved_model.load(f"{folder}/saved")
        served = _arrays(saved.serve(_tensors(inputs)))
        _check_close("SavedModel", served, expected)


def _check_policy(layer: Any, inputs: Any, call: Any, policy: str) -> None:
    outputs = keras.tree.flatten(layer(_tensors(inputs), **call))
    for output in outputs:
        wanted = layer.compute_dtype
        assert not output.dtype.is_floating or output.dtype.name == wanted, (
            f"under {policy} the output is {output.dtype.name}, not {wanted}"
        )
    for value in _arrays(outputs):
        assert np.isfinite(value).all(), f"not finite under {policy}"


def _check_close(
    what: str, received: list[Any], expected: list[Any], tolerance: float = 1e-6
) -> None:
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(
            one, other, rtol=tolerance, atol=tolerance, err_msg=what
        )


def check_filter_loss(kind: str) -> None:
    """Checks a registered filter loss on maps with one peak each.

    The layer is the identity forward; its backward pass adds `lambda_f` times
    a finite gradient; the same under XLA; a dead filter gets none. Unless the
    loss is a constant, each live filter gets one, and a small step against
    the gradient lowers the loss.

    Args:
        kind: Name in `losses.FILTER_LOSSES`.

    Raises:
        AssertionError: If the filter loss breaks the contract.
    """
    maps = _peaked_maps()
    # Sixteen images in eight pairs of a view and its mirror image.
    frames = tf.constant([[[1.0, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, -1, 4]]])
    frames = tf.tile(frames, (8, 1, 1))
    settings = ExplainerSettings(filter_loss=kind)
    layer = FilterLoss(
        kind,
        peak_score=1.0,
        initial_weight=1.0,
        beta=settings.beta,
        diversity=settings.diversity,
        diversity_reach=settings.diversity_reach,
    )
    np.testing.assert_array_equal(layer(maps), maps)
    gradient = _gradient(layer, maps, frames)
    assert np.isfinite(gradient).all(), f"{kind}: gradient is not finite"
    assert not np.asarray(gradient)[..., -1].any(), f"{kind}: dead filter moves"
    compiled = tf.function(_gradient, jit_compile=True)(layer, maps, frames)
    np.testing.assert_allclose(compiled, gradient, rtol=1e-3, atol=1e-6)
    layer.lambda_f.assign(tf.zeros_like(layer.lambda_f))
    assert not np.asarray(_gradient(layer, maps, frames)).any(), (
        f"{kind}: the gradient does not scale with lambda_f"
    )
    before = layer.value(maps, frames)
    if np.array_equal(before, layer.value(_peaked_maps(seed=1), frames)):
        assert not np.asarray(gradient).any(), f"{kind}: a constant has a slope"
        return
    live = np.abs(gradient)[..., :-1].max(axis=(0, 1, 2))
    assert live.all(), f"{kind}: a live filter gets no gradient"
    step = maps - 0.1 * gradient / tf.norm(gradient)
    after = layer.value(step, frames)
    assert float(tf.reduce_sum(after - before)) < 0, (
        f"{kind}: a step against the gradient does not lower the loss"
    )


def _gradient(layer: Any, maps: Any, frames: Any) -> Any:
    """What the layer adds to a backward pass that brings zeros."""
    with tf.GradientTape() as tape:
        tape.watch(maps)
        total = tf.reduce_sum(0.0 * layer(maps, frames=frames))
    return tape.gradient(total, maps)


def _peaked_maps(seed: int = 0) -> Any:
    """Sixteen maps of three live filters and a dead one."""
    random = np.random.default_rng(seed)
    maps = 0.7 * random.random((16, 25, 4), np.float32)
    for name in range(3):
        maps[np.arange(16), random.integers(0, 25, 16), name] += 0.5
    maps[..., 3] = 0
    return tf.constant(maps.reshape(16, 5, 5, 4))


# What these mean is told on the page of `pascal_part`.
_SHARED = {"manual_dir", "context", "smallest", "skip_broken"}


def check_dataset(name: str) -> None:
    """Checks that the folder of a registered builder is whole.

    It is a builder of tfds with the name of its folder; there are a citation,
    tags, and a page with that name as its title, which tells its settings.

    Args:
        name: Name in `datasets.DATASETS`.

    Raises:
        AssertionError: If something is missing.
    """
    builder = DATASETS[name]
    assert issubclass(builder, tfds.core.GeneratorBasedBuilder)
    assert builder.name == name, f"{name}: it is called {builder.name}"
    told = builder.get_metadata()
    assert told.citation.startswith("@"), f"{name}: no citation"
    assert told.tags, f"{name}: no tags"
    page = (builder.code_path.parent / "README.md").read_text()
    assert page.startswith(f"# {name}\n"), f"{name}: no title on its page"
    untold = {
        setting
        for setting in set(settings_of(builder)) - _SHARED
        if f"`{setting}`" not in page
    }
    assert not untold, f"{name}: its page does not tell {sorted(untold)}"
