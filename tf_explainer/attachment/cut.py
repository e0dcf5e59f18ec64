"""Where an explainer is attached to a performer."""

import dataclasses

from tf_explainer.attachment.flat_graph import FlatGraph
from tf_explainer.errors import InputError, closest


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

    def __str__(self) -> str:
        rebuilt = ", ".join(self.reconstructed_layers)
        return f"{self.target_layer} → {self.replaced_layer} → {rebuilt}"

    def check(self, graph: FlatGraph) -> None:
        """Raises an `InputError` where the cut does not fit the graph.

        Args:
            graph: The performer.
        """
        check_layers_exist(
            graph,
            self.target_layer,
            self.replaced_layer,
            self.reconstructed_layers,
        )
        if not self.reconstructed_layers:
            raise InputError(
                "`reconstructed_layers` must name a layer, received none."
            )
        self._check_order(graph)
        target, replaced = (
            _check_map(graph, argument, path)
            for argument, path in (
                ("target_layer", self.target_layer),
                ("replaced_layer", self.replaced_layer),
            )
        )
        if target != replaced:
            raise InputError(
                "`target_layer` and `replaced_layer` must have maps of one "
                f"size, received {target} and {replaced}."
            )

    def _check_order(self, graph: FlatGraph) -> None:
        order = {path: index for index, path in enumerate(graph.layers)}
        steps = {
            "target_layer": self.target_layer,
            "replaced_layer": self.replaced_layer,
            "reconstructed_layers": self.reconstructed_layers[0],
        }
        (below, *above), paths = steps, list(steps.values())
        for lower, upper, argument in zip(
            paths, paths[1:], above, strict=False
        ):
            if order[lower] >= order[upper]:
                raise InputError(
                    f"`{argument}` must lie above `{below}`, received "
                    f"{upper!r} and {lower!r}."
                )
            below = argument


def check_layers_exist(
    graph: FlatGraph,
    target_layer: str | None,
    replaced_layer: str | None,
    reconstructed_layers: tuple[str, ...] | None,
) -> None:
    """Raises an `InputError` with near names for a layer that is not there.

    Args:
        graph: The performer.
        target_layer: See `Cut`; `None` is not checked.
        replaced_layer: See `Cut`; `None` is not checked.
        reconstructed_layers: See `Cut`; `None` is not checked.
    """
    named = {
        "target_layer": (target_layer,),
        "replaced_layer": (replaced_layer,),
        "reconstructed_layers": reconstructed_layers or (),
    }
    for argument, paths in named.items():
        for path in paths:
            if path is not None and path not in graph.layers:
                raise InputError(_unknown(graph, argument, path))


def _unknown(graph: FlatGraph, argument: str, path: str) -> str:
    close = closest(path, graph.layers, n=3)
    inner = [name for name in graph.layers if name.endswith(f"/{path}")]
    near = inner or close
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    known = ", ".join(list(graph.layers)[-12:])
    return (
        f"`{argument}` received {path!r}, which the performer does not have."
        f"{hint} Its last layers: {known}."
    )


def _check_map(graph: FlatGraph, argument: str, path: str) -> tuple[int, int]:
    """Returns height and width of the map."""
    shape = tuple(getattr(graph.outputs[path], "shape", ()))
    if len(shape) != 4 or None in shape[1:] or 1 in shape[1:3]:
        raise InputError(
            f"`{argument}` must give a map (batch, height, width, channels) "
            f"of known size, received {path!r} with shape {shape}."
        )
    return shape[1], shape[2]
