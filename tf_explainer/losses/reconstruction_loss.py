"""How far the decoder's features are from the performer's."""

from collections.abc import Mapping
from typing import Any

from keras import ops


def reconstruction_loss(
    rebuilt: Mapping[str, Any],
    features: Mapping[str, Any],
    weights: Mapping[str, Any],
) -> Any:
    """Returns `sum_l lambda_l * E ‖x_l - x*_l‖²`.

    Args:
        rebuilt: Layer → decoder's feature `(batch, …)`.
        features: Layer → performer's feature of the same shape.
        weights: Layer → `lambda_l`, a scalar.

    Returns:
        A float32 scalar.

    Source:
        Zhang et al. 2018, equation 1, first term.
    """
    return sum(
        weights[layer]
        * ops.mean(squared_error(rebuilt[layer], features[layer]))
        for layer in rebuilt
    )


def squared_error(rebuilt: Any, feature: Any) -> Any:
    """Returns `‖x - x*‖²` of each image, float32 `(batch,)`.

    Args:
        rebuilt: Tensor `(batch, …)`.
        feature: Tensor of the same shape.
    """
    difference = ops.cast(rebuilt, "float32") - ops.cast(feature, "float32")
    return squared_norm(difference)


def squared_norm(feature: Any) -> Any:
    """Returns `‖x‖²` of each image, float32 `(batch,)`.

    Args:
        feature: Tensor `(batch, …)`.
    """
    squares = ops.square(ops.cast(feature, "float32"))
    return ops.sum(squares, axis=tuple(range(1, len(feature.shape))))
