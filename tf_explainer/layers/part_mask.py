"""The mask layer of an interpretable filter."""

from typing import Any

import keras
from keras import ops

from tf_explainer.layers.find_peaks import find_peaks

CENTERS = ("argmax", "centroid")


@keras.saving.register_keras_serializable("tf_explainer")
class PartMask(keras.layers.Layer):
    """Keeps what a filter fires near its peak and silences the rest.

    `y = x * max(1 - beta * (|i - mu_0| + |j - mu_1|) / L, 0)`, where `mu` is
    the peak of that map. The mask is a constant for the gradient. A map
    without a positive unit has no peak and stays zero.

    Args:
        beta: Steepness of the mask, no unit.
        center: `"argmax"` takes the strongest unit as peak, `"centroid"` the
            mean position weighted by the activations.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Float tensor `(batch, H, W, filters)`, after the ReLU.

    Returns:
        Tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: If `beta` or `center` is out of range.

    Source:
        Zhang et al. 2018, section 3.1 "Mask layer": `max(T_mu, 0)`. We leave
        out the constant factor `tau` of the templates, which the norm-layer
        cancels. The centroid is the choice of the authors' MATLAB code.
    """

    def __init__(
        self, beta: float = 4.0, center: str = "argmax", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not beta > 0:
            raise ValueError(f"`beta` must be above 0, received {beta}.")
        if center not in CENTERS:
            raise ValueError(
                f"`center` must be one of {CENTERS}, received {center!r}."
            )
        self.beta = beta
        self.center = center

    def call(self, inputs: Any) -> Any:
        maps = ops.cast(ops.stop_gradient(inputs), "float32")
        _, height, width, _ = maps.shape
        row, column = (
            _argmax(maps) if self.center == "argmax" else _centroid(maps)
        )
        rows = ops.arange(height, dtype="float32")[None, :, None, None]
        columns = ops.arange(width, dtype="float32")[None, None, :, None]
        distance = ops.abs(rows - row[:, None, None]) + ops.abs(
            columns - column[:, None, None]
        )
        mask = ops.relu(1 - self.beta * distance / max(height, width))
        return inputs * ops.cast(mask, inputs.dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "beta": self.beta,
            "center": self.center,
        }


def _argmax(maps: Any) -> tuple[Any, Any]:
    row, column, _ = find_peaks(maps)
    return ops.cast(row, "float32"), ops.cast(column, "float32")


def _centroid(maps: Any) -> tuple[Any, Any]:
    """Mean position of the positive activations, `(batch, filters)` each."""
    _, height, width, _ = maps.shape
    weight = ops.relu(maps)
    total = ops.maximum(ops.sum(weight, axis=(1, 2)), 1e-12)
    rows = ops.arange(height, dtype="float32")[None, :, None, None]
    columns = ops.arange(width, dtype="float32")[None, None, :, None]
    return (
        ops.sum(weight * rows, axis=(1, 2)) / total,
        ops.sum(weight * columns, axis=(1, 2)) / total,
    )
