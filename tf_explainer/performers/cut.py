"""Where an explainer is attached to a performer."""

import dataclasses
import difflib

import keras

from tf_explainer.errors import InputError
from tf_explainer.performers.flat_graph import FlatGraph

POOLING = (
    keras.layers.MaxPooling2D,
    keras.layers.AveragePooling2D,
)


@dataclasses.dataclass(frozen=True)
class Cut:
    """The layers of a performer that an explainer reads and rebuilds.

    Args:
        target_layer: Path of the layer whose feature is explained.
        replaced_layer: Path of the top conv-layer (after its ReLU), for which
            the encoder's output stands in; its map is as large as the
            target's.
        reconstructed_layers: Paths of the layers that the decoder rebuilds,
            lowest first.

    Source:
        Zhang et al. 2018, section 4 "Experimental details": relu4, relu5,
        (fc6, fc7) of AlexNet and so on.
    """

    target_layer: str
    replaced_layer: str
    reconstructed_layers: tuple[str, ...]

    @classmethod
    def resolve(
        cls,
        graph: FlatGraph,
        target_layer: str | None = None,
        replaced_layer: str | None = None,
        reconstructed_layers: tuple[str, ...] | None = None,
    ) -> "Cut":
        """Returns the cut, with what is not given found in the graph.

        Raises:
            InputError: If a layer does not exist (near names are given), or
                if something is to be found and the network does not have the
                shape conv → pool → fc → fc → fc.
        """
        if not (target_layer and replaced_layer and reconstructed_layers):
            found = _find(graph)
            target_layer = target_layer or found[0]
            replaced_layer = replaced_layer or found[1]
            reconstructed_layers = reconstructed_layers or found[2]
        cut = cls(target_layer, replaced_layer, tuple(reconstructed_layers))
        cut.check(graph)
        return cut

    def check(self, graph: FlatGraph) -> None:
        """Raises an `InputError` where the cut does not fit the graph."""
        named = {
            "target_layer": [self.target_layer],
            "replaced_layer": [self.replaced_layer],
            "reconstructed_layers": self.reconstructed_layers,
        }
        for argument, paths in named.items():
            for path in paths:
                _check_exists(graph, argument, path)
        maps = {
            argument: graph.outputs[path].shape
            for argument, path in (
                ("target_layer", self.target_layer),
                ("replaced_layer", self.replaced_layer),
            )
        }
        for argument, shape in maps.items():
            if len(shape) != 4 or None in shape[1:]:
                raise InputError(
                    f"`{argument}` must give a map (batch, height, width, "
                    f"channels) of known size, received shape {shape}."
                )
        target, replaced = maps.values()
        if target[1:3] != replaced[1:3]:
            raise InputError(
                "`target_layer` and `replaced_layer` must have maps of one "
                f"size, received {target[1:3]} and {replaced[1:3]}."
            )


def pool_behind(graph: FlatGraph, path: str) -> str | None:
    """Returns the pooling layer that alone reads `path`, if there is one.

    Args:
        graph: The performer.
        path: Path of the replaced layer.
    """
    reader = graph.sole_reader(path)
    if reader and isinstance(graph.layers[reader], POOLING):
        return reader
    return None


def _check_exists(graph: FlatGraph, argument: str, path: str) -> None:
    if path in graph.layers:
        return
    close = difflib.get_close_matches(path, graph.layers, n=3)
    inner = [name for name in graph.layers if name.endswith(f"/{path}")]
    near = inner or close
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    known = ", ".join(list(graph.layers)[-12:])
    raise InputError(
        f"`{argument}` received {path!r}, which the performer does not have."
        f"{hint} Its last layers: {known}."
    )


def _find(graph: FlatGraph) -> tuple[str, str, tuple[str, ...]]:
    """Finds target, replaced and reconstructed layers by kind."""
    convs = [
        path
        for path, layer in graph.layers.items()
        if isinstance(layer, keras.layers.Conv2D)
    ]
    if len(convs) < 2:
        raise InputError(
            "`target_layer` must be given: the performer has fewer than two "
            "conv-layers, received none to choose from."
        )
    top = convs[-1]
    target = graph.producer(graph.arguments[top][0])
    while target and isinstance(
        graph.layers[target], keras.layers.ZeroPadding2D
    ):
        target = graph.producer(graph.arguments[target][0])
    replaced = _last_map_of_block(graph, top)
    dense = [
        _with_activation(graph, path)
        for path, layer in graph.layers.items()
        if isinstance(layer, keras.layers.Dense)
    ]
    if not target or pool_behind(graph, replaced) is None or len(dense) < 3:
        raise InputError(
            "`target_layer`, `replaced_layer` and `reconstructed_layers` must "
            "be given: the performer does not have the shape conv → pool → fc "
            f"→ fc → fc, received a network with {len(dense)} dense layers "
            f"behind {top!r}. Its last layers: "
            f"{', '.join(list(graph.layers)[-8:])}."
        )
    return target, replaced, tuple(dense[-3:-1])


def _last_map_of_block(graph: FlatGraph, path: str) -> str:
    """Follows normalization and activation behind a conv-layer."""
    behind = (
        keras.layers.BatchNormalization,
        keras.layers.Activation,
        keras.layers.ReLU,
        keras.layers.LeakyReLU,
    )
    reader = graph.sole_reader(path)
    while reader and isinstance(graph.layers[reader], behind):
        path, reader = reader, graph.sole_reader(reader)
    return path


def _with_activation(graph: FlatGraph, path: str) -> str:
    reader = graph.sole_reader(path)
    activations = (keras.layers.Activation, keras.layers.ReLU)
    if reader and isinstance(graph.layers[reader], activations):
        return reader
    return path
