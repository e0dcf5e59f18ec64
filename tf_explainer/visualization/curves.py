"""How the losses and p went."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tf_explainer.visualization import PLOTS
from tf_explainer.visualization.style import BLUE, GRAY, VERMILION

_PANELS = {
    "reconstruction_loss": "reconstruction loss\n(0 is perfect)",
    "score_loss": "score loss\n(nats, lower is better)",
    "classification_loss": "classification loss\n(nats, 0 is perfect)",
    "part_loss": "part loss\n(lower is better)",
    "filter_loss": "filter loss\n(nats, lower is better)",
    "p": "p, share of the\ninterpretable track",
    "agreement": "agreement with\nthe performer",
}
_SHARES = ("p", "agreement")
_OF_PARTS = ("part_loss", "filter_loss")


@PLOTS.register("training_curves")
def training_curves(history: Mapping[str, Sequence[float]]) -> Figure | None:
    """Draws the loss terms, p and agreement over the epochs, one below other.

    Args:
        history: Metric to its value in each epoch, `None` where there is
            none; its `val_` twin is drawn beside it.

    Returns:
        The figure, or None if there is no epoch to draw.
    """
    curves = {name: _measured(name, history[name]) for name in history}
    panels = [
        name for name in _PANELS if np.isfinite(curves.get(name, [])).any()
    ]
    if not panels:
        return None
    figure = Figure(
        figsize=(5.2, 1.55 * len(panels) + 0.8), layout="constrained"
    )
    figure.suptitle("Training of the explainer", fontsize=11)
    column: Any = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[
        :, 0
    ]
    for axes, name in zip(column, panels, strict=True):
        _panel(axes, curves, name)
    _mark_frozen(column, curves)
    column[-1].set_xlabel("epoch")
    column[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    twins = [name for name in panels if len(curves.get(f"val_{name}", []))]
    if twins:
        figure.legend(
            *column[panels.index(twins[0])].get_legend_handles_labels(),
            loc="outside lower center",
            ncols=2,
            fontsize=9,
            frameon=False,
        )
    figure.set_label(_in_words(curves, panels))
    return figure


def _measured(name: str, values: Sequence[float]) -> np.ndarray:
    """Values as floats, NaN where nothing was measured."""
    measured = np.array(values, float)
    if name.endswith("filter_loss"):
        # It is logged as exactly 0 while the interpretable track is frozen.
        measured[measured == 0] = np.nan
    return measured


def _mark_frozen(column: Any, history: Mapping[str, np.ndarray]) -> None:
    """Draws a line where parts stop learning, and so their loss does."""
    losses = [history[name] for name in _OF_PARTS if name in history]
    if not losses:
        return
    measured = np.flatnonzero(np.isfinite(losses).any(axis=0))
    if not len(measured) or measured[-1] + 1 == len(losses[0]):
        return
    for axes in column:
        axes.axvline(measured[-1] + 1.5, color=GRAY, linestyle=":")
    column[0].annotate(
        "parts stand still",
        (measured[-1] + 1.5, 1),
        xycoords=("data", "axes fraction"),
        xytext=(4, -2),
        textcoords="offset points",
        va="top",
        fontsize=8,
        color=GRAY,
    )


def _panel(axes: Axes, history: Mapping[str, np.ndarray], name: str) -> None:
    for key, label, color, style in (
        (name, "train", BLUE, "o-"),
        (f"val_{name}", "validation", VERMILION, "s--"),
    ):
        values = history.get(key)
        if values is not None and len(values):
            epochs = range(1, len(values) + 1)
            axes.plot(
                epochs, values, style, color=color, label=label, markersize=3.5
            )
    axes.set_ylabel(_PANELS[name], fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.tick_params(labelsize=9)
    if name in _SHARES:
        axes.set_ylim(0, 1.03)


def _in_words(history: Mapping[str, np.ndarray], panels: Sequence[str]) -> str:
    known = {name: history[name][np.isfinite(history[name])] for name in panels}
    changes = [
        f"{name.replace('_', ' ')} from {values[0]:.3g} to {values[-1]:.3g}"
        for name, values in known.items()
    ]
    epochs = len(history[panels[0]])
    return f"Curves over {epochs} epochs: {', '.join(changes)}."
