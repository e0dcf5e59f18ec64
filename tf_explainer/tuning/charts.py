"""The finished trials of a search, as charts."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from tf_explainer.errors import InputError
from tf_explainer.tuning.limits import Limits
from tf_explainer.tuning.trials import TrialRow
from tf_explainer.visualization.style import BLACK, VERMILION, ShownFigure

_WORDS = {
    "one_to_one": "skill of the part of each landmark",
    "fidelity": "contributions and erased regions, rank correlation",
    "skill": "mean skill of all filters",
    "proxy": "landmark-free proxy",
}


def pareto_chart(rows: Sequence[TrialRow], limits: Limits) -> Figure:
    """Draws the benefit against Δ error, one dot a trial, its color `p`.

    Rings mark the trials that no other one beats in all three; the dashed
    line is the limit on Δ error.

    Args:
        rows: At least one, from `trial_table`.
        limits: What a trial may cost.

    Returns:
        The figure.
    """
    benefit = rows[0].benefit
    cost = [row.measures["delta_error"] for row in rows]
    gain = [row.measures[benefit] for row in rows]
    figure = ShownFigure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.subplots()
    dots = axes.scatter(
        cost,
        gain,
        c=[row.measures["p"] for row in rows],
        vmin=0,
        vmax=1,
        cmap="viridis",
        s=42,
        edgecolors=[BLACK if row.on_front else "none" for row in rows],
        linewidths=1.6,
        zorder=2,
    )
    for row, x, y in zip(rows, cost, gain, strict=True):
        _number(axes, row, x, y)
    axes.axvline(limits.delta_error, color=VERMILION, linestyle="--", zorder=1)
    axes.set_xlabel("Δ error on the validation part, points")
    axes.set_ylabel(_WORDS[benefit])
    axes.spines[["top", "right"]].set_visible(False)
    figure.colorbar(dots, label="p")
    front = [str(row.trial) for row in rows if row.on_front]
    figure.set_label(
        f"{len(rows)} trials, {_WORDS[benefit]} against delta error; not "
        f"beaten by another: {', '.join(front)}."
    )
    return figure


def settings_chart(
    rows: Sequence[TrialRow], across: str = "eta", up: str = "filter_weight"
) -> Figure:
    """Draws two settings of each trial, one dot a trial, its color the score.

    Rings mark the trials that no other one beats in benefit, Δ error and `p`;
    crosses stand where a trial breaks the limits. Both axes are logarithmic.

    Args:
        rows: From `trial_table`.
        across: A setting that was searched, for the horizontal axis.
        up: Another one, for the vertical axis.

    Returns:
        The figure.

    Raises:
        InputError: If no trial has both, or one of them is not above 0.
    """
    shown = [row for row in rows if {across, up} <= set(row.settings)]
    for name in (across, up):
        values = [row.settings[name] for row in shown]
        if not values or not all(_above_zero(value) for value in values):
            raise InputError(
                "`across` and `up` must be settings that trials have, and that "
                f"are numbers above 0; received {name!r}."
            )
    figure = ShownFigure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.subplots()
    scores = [row.score for row in shown]
    for marker, kept in (("o", True), ("X", False)):
        group = [row for row in shown if row.within_limits == kept]
        dots = axes.scatter(
            [row.settings[across] for row in group],
            [row.settings[up] for row in group],
            c=[row.score for row in group],
            vmin=min(scores),
            vmax=max(scores),
            cmap="viridis",
            marker=marker,
            s=70,
            edgecolors=[BLACK if row.on_front else "none" for row in group],
            linewidths=1.6,
        )
    for row in shown:
        _number(axes, row, row.settings[across], row.settings[up])
    axes.set(xscale="log", yscale="log", xlabel=across, ylabel=up)
    axes.spines[["top", "right"]].set_visible(False)
    figure.colorbar(dots, label="objective")
    figure.set_label(
        f"{across} against {up} of {len(shown)} trials; best objective "
        f"{max(scores):.2f}."
    )
    return figure


def _above_zero(value: Any) -> bool:
    return not isinstance(value, str) and value > 0


def _number(axes: Any, row: TrialRow, x: float, y: float) -> None:
    axes.annotate(
        str(row.trial),
        (x, y),
        xytext=(5, 5),
        textcoords="offset points",
        fontsize=7,
    )
