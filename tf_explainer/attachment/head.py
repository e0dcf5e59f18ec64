"""From a performer's last features to its scores, and what they say."""

from typing import Any, NamedTuple

import keras
from keras import ops

from tf_explainer.attachment.score_order import ScoreOrder, SigmoidPair

# As layer or as operation.
_SQUEEZING = ("softmax", "log_softmax", "sigmoid")
_PASSING = ("Reshape", "Flatten", "Identity", "Dropout")
# They pair or order the scores, and do the same to what is squeezed.
_ARRANGING = (ScoreOrder, SigmoidPair)


class Squeezing(NamedTuple):
    """What ends a head.

    Attributes:
        operation: The layer or operation; a dense layer with its activation
            is one.
        below: The tensor that it is given.
        name: `softmax`, `log_softmax` or `sigmoid`.
        above: The layers that pair or order what it puts out, first to last;
            their `logits` does the same to what it is given.
    """

    operation: Any
    below: Any
    name: str
    above: tuple[Any, ...] = ()


def squeezing_layer(head: keras.Model) -> Squeezing | None:
    """Finds the softmax or sigmoid that a head ends with.

    Args:
        head: Functional model to the class scores `(batch, classes)`.

    Returns:
        What it is; `None` if the scores are squeezed by nothing.
    """
    operation, below = _made_by(head.outputs[0])
    above: list[Any] = []
    while _passes(operation) and _squeezes(operation) is None:
        if isinstance(operation, _ARRANGING):
            above.insert(0, operation)
        operation, below = _made_by(below)
    name = _squeezes(operation)
    return Squeezing(operation, below, name, tuple(above)) if name else None


def _made_by(tensor: Any) -> tuple[Any, Any]:
    """Returns the operation that gave a tensor, and what it was given."""
    operation, index, _ = tensor._keras_history
    # Not `operation.input`: a layer shared by several models has several.
    return operation, operation._inbound_nodes[index].input_tensors[0]


def _squeezes(operation: Any) -> str | None:
    """Name of what it does to the scores, if it squeezes them."""
    name = getattr(getattr(operation, "activation", None), "__name__", "")
    kind = type(operation).__name__.lower()
    return next((one for one in (name, kind) if one in _SQUEEZING), None)


def _passes(operation: Any) -> bool:
    """Whether an operation leaves the values as they are."""
    name = getattr(getattr(operation, "activation", None), "__name__", "")
    plain = isinstance(operation, keras.layers.Activation)
    kind = type(operation).__name__
    arranges = isinstance(operation, _ARRANGING)
    return kind in _PASSING or arranges or (plain and name == "linear")


def predicted_categories(scores: Any) -> Any:
    """Returns the category with the highest score, one-hot.

    Args:
        scores: Class scores `(batch, classes)`, at least two columns.

    Returns:
        float32 `(batch, classes)`.
    """
    scores = ops.cast(scores, "float32")
    return ops.one_hot(ops.argmax(scores, axis=-1), scores.shape[-1])
