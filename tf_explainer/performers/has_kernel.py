"""Whether a layer mixes the channels or the units of a map."""

from collections.abc import Sequence
from typing import Any

import keras

from tf_explainer.performers.flat_graph import FlatGraph

_NAMES = ("kernel", "pointwise_kernel")


def has_kernel(graph: FlatGraph, path: str) -> bool:
    """Returns whether a layer computes new features.

    Normalization, activation and noise do not, whatever their class: their
    weights, if any, fit one to one on their output.

    Args:
        graph: The performer.
        path: Path of the layer; it may hold layers of its own.
    """
    layer: Any = graph.layers[path]
    # An operation, such as that of `x / 255`, has no inner layers.
    inner = layer._flatten_layers() if _is_layer(layer) else ()
    if any(hasattr(one, name) for one in inner for name in _NAMES):
        return True
    shape = keras.tree.flatten(graph.outputs[path])[0].shape[1:]
    weights = layer.weights if _is_layer(layer) else ()
    return not all(_fits(weight.shape, shape) for weight in weights)


def _is_layer(layer: Any) -> bool:
    return isinstance(layer, keras.layers.Layer)


def _fits(weight: Sequence[int], shape: Sequence[int | None]) -> bool:
    """Whether a weight can be spread over an output of `shape`."""
    # A dimension more, if any, is that of the batch.
    extra = max(len(weight) - len(shape), 0)
    sides = zip(weight[::-1], shape[::-1], strict=False)
    return set(weight[:extra]) <= {1} and all(
        one in (1, other) for one, other in sides
    )
