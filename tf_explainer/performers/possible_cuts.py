"""Every place where a performer can be taken apart."""

from tf_explainer.performers.cut import Cut
from tf_explainer.performers.flat_graph import FlatGraph
from tf_explainer.performers.has_kernel import has_kernel
from tf_explainer.performers.layers_between import layers_between
from tf_explainer.performers.stations import POOLING, Station, stations

SMALLEST_MAP = 3


def possible_cuts(graph: FlatGraph) -> list[Cut]:
    """Returns the cuts that an explainer can be attached at, lowest first.

    The replaced layer is one through which everything passes, such as the
    top conv-layer of a block or, in residual networks, the output of a block.
    The target is the next such layer below with a map of the same size and a
    kernel between the two: without one there is nothing to replace. Of
    the layers between the cut and the class scores the last two are rebuilt.

    Args:
        graph: The performer.

    Source:
        Zhang et al. 2018, section 4 "Experimental details", names the layers
        of four networks; the rule behind the names is ours.
    """
    found = stations(graph)
    cuts = []
    for station in found:
        target = _target_of(graph, found, station)
        rebuilt = _rebuilt(graph, found, station.path)
        if station.kind == "features" and target and rebuilt:
            cuts.append(Cut(target, station.path, rebuilt))
    return cuts


def rebuilt_from(graph: FlatGraph, replaced_layer: str) -> tuple[str, ...]:
    """Returns the last two stations between a cut and the class scores.

    Args:
        graph: The performer.
        replaced_layer: Path of the replaced layer.
    """
    return _rebuilt(graph, stations(graph), replaced_layer)


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


def _rebuilt(
    graph: FlatGraph, found: list[Station], replaced: str
) -> tuple[str, ...]:
    order = {path: place for place, path in enumerate(graph.layers)}
    cut = order[pool_behind(graph, replaced) or replaced]
    above = [station for station in found if order[station.path] > cut]
    # Where nothing else is left, as in conv → flatten → scores, the flat map.
    telling = [one for one in above if one.kind != "same"] or above[-1:]
    return tuple(station.path for station in telling[-2:])


def _target_of(
    graph: FlatGraph, found: list[Station], replaced: Station
) -> str | None:
    """The next station below a kernel with a map of the same size, if any."""
    size = replaced.map_size
    if size is None or min(size) < SMALLEST_MAP:
        return None
    below = found[: found.index(replaced)]
    for station in reversed(below):
        if station.map_size != size:
            return None
        if station.kind in ("features", "pool") and any(
            has_kernel(graph, path)
            for path in layers_between(graph, station.path, replaced.path)
        ):
            return station.path
    return None
