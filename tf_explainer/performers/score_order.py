"""Scores in another order."""

from collections.abc import Sequence
from typing import Any

import keras
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
