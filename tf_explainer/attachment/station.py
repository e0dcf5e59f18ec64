"""The layers through which everything passes on its way to the scores."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras

from tf_explainer.attachment.flat_graph import FlatGraph


def layers_between(graph: FlatGraph, below: str, above: str) -> list[str]:
    """Returns the layers that compute `above` from `below`.

    Args:
        graph: The performer.
        below: Path of the lower layer, which is left out.
        above: Path of the upper layer, which is among them.
    """
    ends = {id(x) for x in keras.tree.flatten(graph.outputs[below])}
    pending, found = [above], {above}
    while pending:
        for tensor in graph.arguments[pending.pop()]:
            path = graph.producer(tensor)
            if path is None or id(tensor) in ends or path in found:
                continue
            found.add(path)
            pending.append(path)
    return [path for path in graph.layers if path in found]


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


POOLING = (
    keras.layers.MaxPooling2D,
    keras.layers.AveragePooling2D,
)
# Their values are those of the layer below.
SAME_VALUES = (
    keras.layers.ActivityRegularization,
    keras.layers.Dropout,
    keras.layers.Flatten,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
    keras.layers.Identity,
    keras.layers.InputLayer,
    keras.layers.Reshape,
    keras.layers.SpatialDropout2D,
    keras.layers.ZeroPadding2D,
)


@dataclasses.dataclass(frozen=True)
class Station:
    """A layer whose output alone decides the class scores.

    Args:
        path: Path of the last layer of the block: behind normalization,
            activation and whatever else has no kernel.
        map_size: Height and width of its map, `None` if it is a vector.
        kind: `"features"` for conv- and fc-layers and sums of branches,
            `"pool"` for pooling, `"depthwise"` for layers that keep channels
            apart, `"same"` for layers that only move or drop values.
    """

    path: str
    map_size: tuple[int, int] | None
    kind: str


def stations(graph: FlatGraph) -> list[Station]:
    """Returns the stations between image and class scores, lowest first.

    What comes before the first layer with a kernel and from the last one on
    is left out: it prepares the image, or makes the class scores.

    Args:
        graph: The performer.
    """
    first, last = _kernels(graph)
    order = list(graph.layers)
    paths = [
        path
        for path in _passed_by_all(graph)
        if first <= order.index(path) < last
    ]
    found: list[Station] = []
    for path in paths:
        shape = graph.outputs[path].shape[1:]
        station = _station(path, graph.layers[path], shape)
        if station is not None:
            _add(graph, found, station)
    return found


def _add(graph: FlatGraph, found: list[Station], station: Station) -> None:
    """Appends a station; one behind another takes its place.

    Normalization and activation leave the units of the layer below where
    they are, and so does anything else without a kernel.
    """
    telling = [one for one in found if one.kind != "same"]
    if station.kind != "same" and telling:
        below = telling[-1]
        if _keeps_units(graph, below.path, station.path):
            station = dataclasses.replace(station, kind=below.kind)
            del found[found.index(below) :]
    found.append(station)


def _keeps_units(graph: FlatGraph, below: str, above: str) -> bool:
    return graph.outputs[below].shape == graph.outputs[above].shape and not any(
        has_kernel(graph, path) or isinstance(graph.layers[path], POOLING)
        for path in layers_between(graph, below, above)
    )


def _passed_by_all(graph: FlatGraph) -> list[str]:
    """Paths of the layers whose output no way to the scores goes around."""
    needed = _needed(graph)
    last_use = {id(graph.inputs): -1}
    for index, path in enumerate(needed):
        for tensor in graph.arguments[path]:
            last_use[id(tensor)] = index
    found, busy_until = [], last_use[id(graph.inputs)]
    for index, path in enumerate(needed):
        # No tensor from below is read any more above this layer.
        if busy_until <= index and _single(graph.outputs[path]):
            found.append(path)
        for tensor in keras.tree.flatten(graph.outputs[path]):
            busy_until = max(busy_until, last_use.get(id(tensor), index))
    return found


def _needed(graph: FlatGraph) -> list[str]:
    """Paths of the layers that the class scores depend on, in call order."""
    pending, needed = [graph.output], set()
    while pending:
        path = graph.producer(pending.pop())
        if path is not None and path not in needed:
            needed.add(path)
            pending.extend(graph.arguments[path])
    return [path for path in graph.layers if path in needed]


def _kernels(graph: FlatGraph) -> tuple[int, int]:
    """Places of the first and the last layer that has a kernel.

    What is below them prepares the image, what is above turns logits into
    scores.
    """
    places = [
        index
        for index, path in enumerate(graph.layers)
        if has_kernel(graph, path)
    ]
    return (places[0], places[-1]) if places else (0, 0)


def _single(output: Any) -> bool:
    return isinstance(output, keras.KerasTensor)


def _station(path: str, layer: Any, shape: Any) -> Station | None:
    if None in shape or len(shape) not in (1, 3):
        return None
    size = (shape[0], shape[1]) if len(shape) == 3 else None
    if size == (1, 1):
        size = None
    return Station(path, size, _kind(layer))


def _kind(layer: Any) -> str:
    if isinstance(layer, SAME_VALUES):
        return "same"
    if isinstance(layer, POOLING):
        return "pool"
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        return "depthwise"
    return "features"
