"""Class scores before the softmax."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

# What squeezes scores into probabilities, as layer or as operation.
_SQUEEZING = ("softmax", "log_softmax", "sigmoid")
_PASSING = ("Reshape", "Flatten", "Identity", "Dropout")


def logit_head(head: keras.Model) -> Callable[[Any], Any]:
    """Returns a function to the class scores before softmax or sigmoid.

    A softmax makes every score depend on all of the others, so that what one
    part gives to one score cannot be told; the logits add up plainly. A head
    that ends otherwise is taken as it is.

    Args:
        head: Functional model to the class scores `(batch, classes)`.

    Returns:
        A function of what `head` takes to logits `(batch, classes)`, float32.
        It holds copies of the last layer's weights, as they are now.
    """
    tensor = head.outputs[0]
    operation, below = _made_by(tensor)
    while _passes(operation) and not _squeezes(operation):
        tensor = below
        operation, below = _made_by(tensor)
    if not _squeezes(operation):
        return lambda features: _flat(head(features, training=False))
    model = keras.Model(head.inputs[0], below, name="below_logits")
    linear = _without_activation(operation, below.shape)
    return lambda features: _flat(linear(model(features, training=False)))


def _made_by(tensor: Any) -> tuple[Any, Any]:
    """Returns the operation that gave a tensor, and what it was given."""
    operation, index, _ = tensor._keras_history
    # Not `operation.input`: a layer shared by several models has several.
    return operation, operation._inbound_nodes[index].input_tensors[0]


def _squeezes(operation: Any) -> bool:
    name = getattr(getattr(operation, "activation", None), "__name__", "")
    kind = type(operation).__name__.lower()
    return name in _SQUEEZING or kind in _SQUEEZING


def _passes(operation: Any) -> bool:
    """Whether an operation leaves the values as they are."""
    name = getattr(getattr(operation, "activation", None), "__name__", "")
    plain = isinstance(operation, keras.layers.Activation)
    return type(operation).__name__ in _PASSING or (plain and name == "linear")


def _without_activation(layer: Any, shape: Any) -> Callable[[Any], Any]:
    if not getattr(layer, "weights", None):
        return lambda values: values
    config = {**layer.get_config(), "activation": "linear"}
    twin = type(layer).from_config(config)
    twin.build(shape)
    twin.set_weights(layer.get_weights())
    return twin


def _flat(scores: Any) -> Any:
    scores = ops.cast(scores, "float32")
    return ops.reshape(scores, (ops.shape(scores)[0], -1))
