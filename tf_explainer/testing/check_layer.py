"""The contract of a layer."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

POLICIES = ("float32", "mixed_bfloat16", "mixed_float16")


def check_layer(
    layer_class: type[keras.layers.Layer],
    init: Mapping[str, Any],
    inputs: Any,
    call: Mapping[str, Any] | None = None,
) -> None:
    """Checks that a layer survives everything that is done to layers.

    Config round trip, `compute_output_shape`, one gradient, XLA, `.keras` and
    SavedModel round trips, and the three usual precision policies.

    Args:
        layer_class: A class registered with Keras.
        init: Constructor arguments, without `dtype` and `name`.
        inputs: A float32 array `(batch, …)`, or a list of them.
        call: Further call arguments.

    Raises:
        AssertionError: If the layer breaks the contract.
    """
    call = dict(call or {})
    layer = layer_class(**init)
    expected = _run(layer, inputs, call)
    _check_config(layer)
    _check_shape(layer, inputs, expected)
    _check_gradient(layer, inputs, call)
    compiled = tf.function(
        lambda values: layer(values, **call), jit_compile=True
    )
    _check_close("XLA", _arrays(compiled(_tensors(inputs))), expected, 1e-5)
    _check_files(layer, inputs, call, expected)
    for policy in POLICIES:
        _check_policy(layer_class, init, inputs, call, policy)


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


def _check_policy(
    layer_class: Any, init: Any, inputs: Any, call: Any, policy: str
) -> None:
    layer = layer_class(**init, dtype=policy)
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
