"""What a feature passes on its way from one layer to another."""

import keras

from tf_explainer.performers.flat_graph import FlatGraph


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
