"""From a performer's last features to its scores, and what they say."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable("tf_explainer")
class ScoreOrder(keras.layers.Layer):
    """Puts the scores of a CNN in the order of the categories.

    Args:
        columns: For each score that is put out, the column that it comes
            from.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Scores `(batch, classes)`.

    Returns:
        The same scores, `(batch, classes)`.
    """

    def __init__(self, columns: Sequence[int], **kwargs: Any) -> None:
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.columns = list(columns)

    def call(self, inputs: Any) -> Any:
        return ops.take(inputs, self.columns, axis=-1)

    def logits(self, logits: Any) -> Any:
        """Returns the scores before the softmax, in order, `(batch, classes)`.

        Args:
            logits: What the softmax is given, `(batch, classes)`.
        """
        return self.call(logits)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], len(self.columns))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "columns": self.columns}


@keras.saving.register_keras_serializable("tf_explainer")
class SigmoidPair(keras.layers.Layer):
    """Turns the probability of one of two categories into both scores.

    Args:
        positive: Index of the category that the probability is of, 0 or 1.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: What a sigmoid puts out, `(batch, 1)`.

    Returns:
        Scores `(batch, 2)` that add up to 1.
    """

    def __init__(self, positive: int = 1, **kwargs: Any) -> None:
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)
        self.positive = positive

    def call(self, inputs: Any) -> Any:
        return self._in_order(inputs, 1 - inputs)

    def logits(self, logits: Any) -> Any:
        """Returns both scores before the sigmoid, `(batch, 2)`.

        Args:
            logits: What the sigmoid is given, `(batch, 1)`.
        """
        return self._in_order(logits, -logits)

    def _in_order(self, one: Any, other: Any) -> Any:
        pair = [other, one] if self.positive == 1 else [one, other]
        return ops.concatenate(pair, axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], 2)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "positive": self.positive}


def positive_category(negative_category: int | None = None) -> int:
    """Returns the category, 0 or 1, that a single column is the score of.

    That is category 1, as Keras trains one sigmoid on labels 0 and 1; unless
    category 1 is the negative one: where an object is told from the
    background, the background is last in the order of our labels.

    Args:
        negative_category: Index of the category that stands for "none of the
            objects", or `None`; see `ExplainerSettings`.
    """
    return 0 if negative_category == 1 else 1


def both_scores(scores: Any, negative_category: int | None = None) -> Any:
    """Returns the scores of a performer with a column for each category.

    An explainer knows no other form: one sigmoid becomes two scores here,
    where it is attached.

    Args:
        scores: Output of a Keras model, `(batch, classes)`; a single column
            is the probability of the `positive_category` of two.
        negative_category: See `positive_category`.
    """
    if scores.shape[-1] > 1:
        return scores
    return SigmoidPair(positive_category(negative_category))(scores)


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
    # Keras' own looks at the bits of zeros, which LiteRT does not know.
    return ops.one_hot(tf.argmax(scores, axis=-1), scores.shape[-1])
