"""What skill costs, trial by trial."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from tf_explainer.tuning.limits import Limits
from tf_explainer.tuning.trial_table import TrialRow
from tf_explainer.visualization.palette import BLACK, VERMILION

_WORDS = {"skill": "mean skill of all filters", "proxy": "landmark-free proxy"}


def pareto_chart(rows: Sequence[TrialRow], limits: Limits) -> Figure:
    """Draws skill against Δ error, one dot a trial, its color `p`.

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
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
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
        axes.annotate(
            str(row.trial),
            (x, y),
            xytext=(5, 5),
            textcoords="offset points",
            fontsize=7,
        )
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
