"""Every place where a performer can be cut, and the one that is taken."""

from typing import NamedTuple

import keras

from tf_explainer.attachment.cut import Cut, check_layers_exist
from tf_explainer.attachment.flat_graph import FlatGraph
from tf_explainer.attachment.station import (
    POOLING,
    Station,
    has_kernel,
    layers_between,
    stations,
)
from tf_explainer.errors import InputError

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


LARGE_MAP = 10
MANY_CUTS = 8


class ChosenCut(NamedTuple):
    """A cut and why it was chosen.

    Attributes:
        cut: The cut.
        reason: Half a sentence.
    """

    cut: Cut
    reason: str


def choose_cut(
    graph: FlatGraph,
    target_layer: str | None = None,
    replaced_layer: str | None = None,
    reconstructed_layers: tuple[str, ...] | None = None,
) -> ChosenCut:
    """Returns the cut to use, with what is not given found in the graph.

    In a network of the shape conv → pool → fc → fc → fc it is the top
    conv-layer, as in the paper. In any other it is the highest cut whose map
    has `LARGE_MAP` units on each side, so that parts can be told apart; or
    the one with the largest map.

    Args:
        graph: The performer.
        target_layer: Path, see `Cut`.
        replaced_layer: Path, see `Cut`.
        reconstructed_layers: Paths, see `Cut`.

    Examples:
        >>> from tf_explainer.attachment import FlatGraph
        >>> from tf_explainer.testing import toy_performer
        >>> cut, reason = choose_cut(FlatGraph.of(toy_performer()))
        >>> cut.target_layer, cut.replaced_layer
        ('relu4', 'relu5')

    Raises:
        InputError: If a layer does not exist (near names are given), or if
            no cut fits what is given (the possible ones are given).
    """
    given = (target_layer, replaced_layer, reconstructed_layers)
    check_layers_exist(graph, *given)
    if target_layer and replaced_layer:
        rebuilt = reconstructed_layers or rebuilt_from(graph, replaced_layer)
        chosen = ChosenCut(
            Cut(target_layer, replaced_layer, tuple(rebuilt)), "it was given"
        )
    else:
        chosen = _choose(graph, _fitting(graph, *given))
        if reconstructed_layers:
            cut = Cut(*_places(chosen.cut), tuple(reconstructed_layers))
            chosen = ChosenCut(cut, chosen.reason)
    chosen.cut.check(graph)
    return chosen


def told_cuts(graph: FlatGraph, near: str | None = None) -> str:
    """Returns the possible cuts as a sentence for an error message.

    Args:
        graph: The performer.
        near: Path of a layer; of many cuts those around it are told, or the
            highest ones.
    """
    cuts = possible_cuts(graph)
    if not cuts:
        return "It has no possible cut."
    order = {path: index for index, path in enumerate(graph.layers)}
    place = order[near] if near else len(order)
    cuts.sort(key=lambda cut: abs(order[cut.replaced_layer] - place))
    told = sorted(cuts[:MANY_CUTS], key=lambda cut: order[cut.replaced_layer])
    names = [f"{one.target_layer} → {one.replaced_layer}" for one in told]
    left = len(cuts) - len(told)
    more = f", and {left} more that `tf-explainer inspect` lists" * (left > 0)
    return f"Possible cuts (target → replaced layer): {', '.join(names)}{more}."


def _places(cut: Cut) -> tuple[str, str]:
    return cut.target_layer, cut.replaced_layer


def _fitting(
    graph: FlatGraph,
    target: str | None,
    replaced: str | None,
    rebuilt: tuple[str, ...] | None,
) -> list[Cut]:
    """The possible cuts that agree with what is given."""
    order = {path: index for index, path in enumerate(graph.layers)}
    end = order[rebuilt[0]] if rebuilt else len(order)
    fitting = [
        cut
        for cut in possible_cuts(graph)
        if target in (None, cut.target_layer)
        and replaced in (None, cut.replaced_layer)
        and order[cut.replaced_layer] < end
    ]
    if not fitting:
        raise InputError(_no_cut(graph, target, replaced, rebuilt))
    return fitting


def _no_cut(
    graph: FlatGraph,
    target: str | None,
    replaced: str | None,
    rebuilt: tuple[str, ...] | None,
) -> str:
    named = {
        "target_layer": target,
        "replaced_layer": replaced,
        "reconstructed_layers": rebuilt,
    }
    received = [f"`{name}` {path!r}" for name, path in named.items() if path]
    if received:
        return (
            f"No cut fits what was received: {', '.join(received)}. "
            f"{told_cuts(graph, replaced or target)} Or name all three layers."
        )
    last = ", ".join(list(graph.layers)[-8:])
    return (
        "`performer` must have two layers, one above the other, through which "
        "everything passes, with maps (batch, height, width, channels) of one "
        f"size of {SMALLEST_MAP} × {SMALLEST_MAP} units or more; received a "
        f"network without. Its last layers: {last}."
    )


def _choose(graph: FlatGraph, cuts: list[Cut]) -> ChosenCut:
    if len(cuts) == 1:
        return ChosenCut(cuts[0], "it is the only one that fits")
    if _is_papers(graph, cuts[-1]):
        return ChosenCut(
            cuts[-1],
            "its replaced layer is the top conv-layer of the shape conv → pool "
            "→ fc → fc → fc, as in the paper",
        )
    sides = [min(graph.outputs[cut.replaced_layer].shape[1:3]) for cut in cuts]
    large = [
        cut for cut, side in zip(cuts, sides, strict=True) if side >= LARGE_MAP
    ]
    if large:
        return ChosenCut(
            large[-1],
            f"it is the highest one with a map of {LARGE_MAP} × {LARGE_MAP} "
            "units or more, in which parts can be told apart",
        )
    largest = [
        cut for cut, side in zip(cuts, sides, strict=True) if side == max(sides)
    ]
    return ChosenCut(
        largest[-1],
        f"no map has {LARGE_MAP} × {LARGE_MAP} units, and it is the highest "
        "one with the largest",
    )


def _is_papers(graph: FlatGraph, cut: Cut) -> bool:
    """Whether three fc-layers lie above it, of which two are rebuilt."""
    dense = [
        path
        for path, layer in graph.layers.items()
        if isinstance(layer, keras.layers.Dense)
        and len(graph.outputs[path].shape) == 2
    ]
    if len(dense) < 3 or len(cut.reconstructed_layers) != 2:
        return False
    order = list(graph.layers)
    below, first, above = (
        order.index(path)
        for path in (cut.replaced_layer, dense[-3], cut.reconstructed_layers[0])
    )
    return below < first <= above
