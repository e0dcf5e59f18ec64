"""What can be explained in a performer."""

import dataclasses
from typing import Any

import keras

from tf_explainer.attachment.attachment import Attachment
from tf_explainer.attachment.cut import Cut
from tf_explainer.attachment.cuts import choose_cut, possible_cuts
from tf_explainer.attachment.flat_graph import FlatGraph
from tf_explainer.errors import InputError


@dataclasses.dataclass(frozen=True)
class Inspection:
    """The layers of a performer and where it can be taken apart.

    Args:
        input_shape: Shape of the images, without the batch.
        layers: `(path, class name, output shape without the batch)` of each
            layer in call order.
        cuts: The possible cuts, lowest first, each with the height and width
            of its maps, units.
        chosen: The cut that is used if none is named, or `None`.
        reason: Why that one, or why there is none.
    """

    input_shape: tuple[int, ...]
    layers: tuple[tuple[str, str, tuple[int | None, ...]], ...]
    cuts: tuple[tuple[Cut, tuple[int, int]], ...]
    chosen: Cut | None
    reason: str


def inspect_performer(performer: keras.Model) -> Inspection:
    """Returns the layers of a performer, its possible cuts and the best one.

    Args:
        performer: A built Keras model from images to class scores.

    Raises:
        InputError: If it has no graph, or not one image in and class scores
            out.
    """
    graph = FlatGraph.of(performer)
    layers = tuple(
        (path, type(layer).__name__, _shape(graph.outputs[path]))
        for path, layer in graph.layers.items()
    )
    cuts = tuple(
        (cut, tuple(graph.outputs[cut.replaced_layer].shape[1:3]))
        for cut in possible_cuts(graph)
    )
    chosen, reason = _chosen(performer, graph)
    shape = tuple(graph.inputs.shape[1:])
    return Inspection(shape, layers, cuts, chosen, reason)


def _chosen(performer: keras.Model, graph: FlatGraph) -> tuple[Cut | None, str]:
    try:
        cut, reason = choose_cut(graph)
        Attachment.of(performer, cut, graph)
    except InputError as error:
        return None, str(error)
    return cut, reason


def _shape(output: Any) -> tuple[int | None, ...]:
    first = keras.tree.flatten(output)[0]
    return tuple(first.shape[1:])
