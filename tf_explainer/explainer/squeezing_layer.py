"""What turns the scores of a head into probabilities."""

from typing import Any

import keras

# As layer or as operation.
_SQUEEZING = ("softmax", "log_softmax", "sigmoid")
_PASSING = ("Reshape", "Flatten", "Identity", "Dropout", "SigmoidPair")


def squeezing_layer(head: keras.Model) -> tuple[Any, Any] | None:
    """Finds the softmax or sigmoid that a head ends with.

    Args:
        head: Functional model to the class scores `(batch, classes)`.

    Returns:
        The layer or operation (a dense layer with its activation is one) and
        the tensor that it is given; `None` if the scores are squeezed by
        nothing.
    """
    operation, below = _made_by(head.outputs[0])
    while _passes(operation) and not _squeezes(operation):
        operation, below = _made_by(below)
    return (operation, below) if _squeezes(operation) else None


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
