"""How usual an example is, beside those that were learned from."""

from typing import Any

import keras
import numpy as np
from keras import ops

from tf_explainer.layers.statistics import add_statistic
from tf_explainer.tensors import Shape, Tensor

# Finer than this nobody reads it, and it costs nothing.
POINTS = 256
UNKNOWN = -1.0


@keras.saving.register_keras_serializable("tf_explainer")
class Typicality(keras.layers.Layer):
    """Tells by a few numbers how usual an example is.

    Each number, 0 or more, is high where something is odd. Of an example it
    is turned into the share of the gathered examples that are as odd or
    odder:

    `out_n = share{gathered i: a_in ≥ a_n}`

    so that each is evenly spread over [0, 1] for examples like the gathered
    ones, and 0 for what is odder than all of them. Shares are kept as
    quantiles.

    Args:
        numbers: How many numbers an example has.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Float tensor `(batch, numbers)`.

    Returns:
        `(batch, numbers)` in [0, 1]; -1 before `gather`.

    Raises:
        ValueError: If `numbers` is below 1.

    Source:
        Ours, after the p-values of conformal prediction: Vovk, Gammerman and
        Shafer 2005, *Algorithmic Learning in a Random World*.
    """

    def __init__(self, numbers: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if numbers < 1:
            raise ValueError(
                f"`numbers` must be at least 1, received {numbers}."
            )
        self.numbers = numbers

    def build(self, input_shape: Shape) -> None:
        shape = (self.numbers, POINTS)
        self.quantiles = add_statistic(
            self, "quantiles", shape, keras.initializers.Constant(UNKNOWN)
        )

    def call(self, inputs: Tensor) -> Tensor:
        values = ops.cast(inputs, "float32")[..., None]
        quantiles = ops.convert_to_tensor(self.quantiles)
        odder = ops.cast(quantiles >= values, "float32")
        share = ops.where(
            quantiles[:, 0] < 0, UNKNOWN, ops.mean(odder, axis=-1)
        )
        return ops.cast(share, self.compute_dtype)

    def gather(self, numbers: np.ndarray) -> None:
        """Sets what is usual.

        Args:
            numbers: Float `(examples, numbers)`, finite, 0 or more.
        """
        points = (np.arange(POINTS) + 0.5) / POINTS
        found = np.quantile(numbers, points, axis=0, method="inverted_cdf")
        self.quantiles.assign(found.T)

    def load_own_variables(self, store: Any) -> None:
        # Explainers of version 0.1.0 have none: it is not known of them.
        if len(store.keys()):
            super().load_own_variables(store)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "numbers": self.numbers}
