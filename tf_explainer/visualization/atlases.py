"""All live filters by part, and by how alike they fire."""

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from tf_explainer.evaluation.metrics.agreement import filter_likeness
from tf_explainer.evaluation.observation import Observation
from tf_explainer.visualization import PLOTS
from tf_explainer.visualization.style import BLACK, ShownFigure, number_text

# Three filters have an order to choose; two are alike either way.
_FEWEST = 3
# More rows than this cannot be told apart by a number each.
_NUMBERED = 24


class AtlasOrder(NamedTuple):
    """The order of the filters, and how alike they are.

    Attributes:
        filters: int `(filters,)`, indices of the live ones, by part and then
            by likeness.
        parts: int `(filters,)`, the part of each; -1 for none.
        likeness: float64 `(filters, filters)`, see `filter_likeness`, in that
            order.
    """

    filters: np.ndarray
    parts: np.ndarray
    likeness: np.ndarray

    @property
    def groups(self) -> list[tuple[int, int, int]]:
        """Part, first row and row behind the last, from the top down."""
        ends = np.flatnonzero(np.diff(self.parts)) + 1
        marks = [0, *ends.tolist(), len(self.parts)]
        return [
            (int(self.parts[start]), start, end)
            for start, end in itertools.pairwise(marks)
        ]


def atlas_order(observation: Observation) -> AtlasOrder:
    """Sorts the live filters of conv-interp-2.

    Parts come in their order; within one, neighbors are as alike as can be.

    Args:
        observation: What the explainer showed.

    Source:
        Bar-Joseph et al. 2001, "Fast optimal leaf ordering for hierarchical
        clustering", by `scipy.cluster.hierarchy`.
    """
    peaks = observation.splits["test"].peaks["interp_2"]
    live = np.flatnonzero(peaks.live)
    told = peaks.chosen(np.arange(len(peaks.strengths)), live)
    likeness = filter_likeness(told, told)
    owner = np.full(peaks.filters, -1)
    if observation.part_of_filter:
        owner = np.array(observation.part_of_filter)
    parts = owner[live]
    order = np.concatenate(
        [
            np.empty(0, int),
            *(
                _by_likeness(likeness, np.flatnonzero(parts == part))
                for part in np.unique(parts)
            ),
        ]
    )
    return AtlasOrder(live[order], parts[order], likeness[np.ix_(order, order)])


def _by_likeness(likeness: np.ndarray, rows: np.ndarray) -> np.ndarray:
    if len(rows) < _FEWEST:
        return rows
    apart = 1 - likeness[np.ix_(rows, rows)]
    apart = np.maximum((apart + apart.T) / 2, 0)
    np.fill_diagonal(apart, 0)
    near = squareform(apart, checks=False)
    tree = hierarchy.linkage(near, "average", optimal_ordering=True)
    return rows[hierarchy.leaves_list(tree)]


@PLOTS.register("filter_atlas")
def filter_atlas(observation: Observation) -> Figure | None:
    """Draws how alike all live filters fire, as a matrix sorted by part.

    Two filters are alike whose peaks move together over the test images and
    which fire in the same ones. What is below 0 is drawn as 0.

    Args:
        observation: What the explainer showed.

    Returns:
        The figure, or None with fewer than two live filters.
    """
    order = atlas_order(observation)
    if len(order.filters) < 2:
        return None
    figure = ShownFigure(figsize=(5.2, 4.2), layout="constrained")
    axes = figure.subplots()
    figure.suptitle("Filters by part, and how alike they fire", fontsize=11)
    shown = axes.imshow(
        order.likeness, "cividis", vmin=0, vmax=1, interpolation="nearest"
    )
    label = "likeness of two filters on test images\n(1: peaks move together)"
    figure.colorbar(shown, shrink=0.75).set_label(label, fontsize=9)
    _mark_parts(axes, order)
    figure.set_label(_in_words(order))
    return figure


def _mark_parts(axes: Axes, order: AtlasOrder) -> None:
    groups = order.groups
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=8)
    for _, start, _end in groups[1:]:
        for line in (axes.axhline, axes.axvline):
            line(start - 0.5, color="white", linewidth=1.6)
            line(start - 0.5, color=BLACK, linewidth=0.6)
    if order.parts.max() < 0:
        _name_filters(axes, order.filters)
        return
    middles = [(start + end - 1) / 2 for _, start, end in groups]
    axes.set_yticks(
        middles,
        [f"part {part + 1} ({end - start})" for part, start, end in groups],
    )
    axes.set_xticks(middles, [str(part + 1) for part, *_ in groups])
    axes.set_xlabel("part", fontsize=9)
    axes.set_ylabel("part (its live filters)", fontsize=9)


def _name_filters(axes: Axes, filters: Sequence[int] | np.ndarray) -> None:
    """Numbers of the filters, where there is room for them."""
    places: Any = range(len(filters)) if len(filters) <= _NUMBERED else ()
    names = [str(int(filters[place])) for place in places]
    axes.set_xticks(places, names)
    axes.set_yticks(places, names)
    axes.set_xlabel("filter", fontsize=9)
    axes.set_ylabel("filter", fontsize=9)


def _in_words(order: AtlasOrder) -> str:
    count = len(order.filters)
    pairs = ~np.eye(count, dtype=bool)
    words = f"How alike {count} live filters fire"
    if order.parts.max() < 0:
        mean = number_text(float(order.likeness[pairs].mean()))
        return f"{words}: mean likeness of two filters {mean}."
    same = order.parts[:, None] == order.parts
    told = [
        f"{number_text(float(order.likeness[chosen].mean()))} {where}"
        for chosen, where in (
            (pairs & same, "within a part"),
            (~same, "between parts"),
        )
        if chosen.any()
    ]
    return (
        f"{words}, sorted by {len(order.groups)} parts: mean likeness "
        f"{' and '.join(told)}."
    )
