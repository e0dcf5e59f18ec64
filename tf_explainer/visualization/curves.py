"""How the losses and p went."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from tf_explainer.visualization import PLOTS
from tf_explainer.visualization.style import BLUE, GRAY, VERMILION, ShownFigure

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
            none; its `val_` twin is drawn beside it. Keras' own history
            leaves these out: a shorter list is of the last epochs, and the
            part loss is of the first ones.

    Returns:
        The figure, or None if there is no epoch to draw.
    """
    epochs = max((len(values) for values in history.values()), default=0)
    curves = {
        name: _measured(name, values, epochs)
        for name, values in history.items()
    }
    panels = [
        name for name in _PANELS if np.isfinite(curves.get(name, [])).any()
    ]
    if not panels:
        return None
    figure = ShownFigure(
        figsize=(5.2, 1.55 * len(panels) + 0.8), layout="constrained"
    )
    figure.suptitle("Training of the explainer", fontsize=11)
    column: Any = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[
        :, 0
    ]
    for axes, name in zip(column, panels, strict=True):
        _panel(axes, curves, name)
    column[-1].set_xlabel("epoch")
    frozen = _mark_frozen(column, curves)
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
    figure.set_label(_in_words(curves, panels, frozen))
    return figure


def _measured(name: str, values: Sequence[float], epochs: int) -> np.ndarray:
    """Values of all epochs as floats, NaN where nothing was measured."""
    measured = np.array(values, float)
    if name.endswith("filter_loss"):
        # It is logged as exactly 0 while the interpretable track is frozen.
        measured[measured == 0] = np.nan
    missing = epochs - len(measured)
    if not len(measured) or not missing:
        return measured
    where = (0, missing) if name.endswith("part_loss") else (missing, 0)
    return np.pad(measured, where, constant_values=np.nan)


_STAND_STILL = (
    "Behind the dotted line the parts stand still, and a share\n"
    "(ordinary_dropout) of the images is learned from without the\n"
    "ordinary track. What is measured in training is of these, too:\n"
    "where the agreement falls, it falls because that track is dropped."
)


def _mark_frozen(column: Any, history: Mapping[str, np.ndarray]) -> int | None:
    """Draws a line where parts stop learning, and so their loss does.

    Returns:
        The last epoch, from 1, in which they learn; `None` if there is no
        other behind it.
    """
    losses = [history[name] for name in _OF_PARTS if name in history]
    if not losses:
        return None
    measured = np.flatnonzero(np.isfinite(losses).any(axis=0))
    if not len(measured) or measured[-1] + 1 == len(losses[0]):
        return None
    last = int(measured[-1]) + 1
    for axes in column:
        axes.axvline(last + 0.5, color=GRAY, linestyle=":")
    found = np.isfinite(history.get("part_loss", [])).any()
    words = {
        "parts are found" if found else "parts learn": (-4, "right"),
        "parts stand still": (4, "left"),
    }
    for text, (offset, side) in words.items():
        column[0].annotate(
            text,
            (last + 0.5, 1),
            xycoords=("data", "axes fraction"),
            xytext=(offset, 1),
            textcoords="offset points",
            va="bottom",
            ha=side,
            fontsize=8,
            color=GRAY,
        )
    column[-1].set_xlabel(f"epoch\n\n{_STAND_STILL}", fontsize=8)
    return last


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


def _in_words(
    history: Mapping[str, np.ndarray], panels: Sequence[str], frozen: int | None
) -> str:
    known = {name: history[name][np.isfinite(history[name])] for name in panels}
    changes = [
        f"{name.replace('_', ' ')} from {values[0]:.3g} to {values[-1]:.3g}"
        for name, values in known.items()
    ]
    epochs = len(history[panels[0]])
    words = f"Curves over {epochs} epochs: {', '.join(changes)}."
    if frozen is None:
        return words
    told = _STAND_STILL.replace("\n", " ")
    return f"{words} The line is behind epoch {frozen}. {told}"
