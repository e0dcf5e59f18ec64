"""The skill of every filter, layer by layer."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.observation import LAYERS, UNTRAINED, Observation
from tf_explainer.evaluation.random_position import random_position
from tf_explainer.evaluation.skill import skill
from tf_explainer.visualization import PLOTS
from tf_explainer.visualization.number_text import MINUS
from tf_explainer.visualization.palette import (
    BLACK,
    BLUE,
    GRAY,
    VERMILION,
)

LOWEST = -2.0
_NAMES = {
    "target": "performer:\ntarget feature",
    "top_conv": "performer:\ntop conv-layer",
    UNTRAINED: "explainer,\nuntrained",
    "interp_1": "explainer:\nconv-interp-1",
    "interp_2": "explainer:\nconv-interp-2",
}


@PLOTS.register("skill_chart")
def skill_chart(observation: Observation) -> Figure | None:
    """Draws one dot a live filter and the mean, with two controls as lines.

    Skills below -2 are drawn at -2.

    Args:
        observation: What the explainer showed.

    Returns:
        The figure, or None if no filter can be measured.
    """
    found = {layer: _skills(observation, layer) for layer in _NAMES}
    found = {layer: values for layer, values in found.items() if len(values)}
    if not found:
        return None
    figure = Figure(
        figsize=(5.2, 0.75 * len(found) + 1.7), layout="constrained"
    )
    axes = figure.subplots()
    figure.suptitle(
        "How well filters find their part, on test images", fontsize=11
    )
    for place, (layer, values) in enumerate(found.items()):
        _strip(axes, -place, values, layer in LAYERS[2:])
    _controls(axes, observation, len(found))
    axes.set_yticks(
        [-place for place in range(len(found))],
        [_NAMES[layer] for layer in found],
        fontsize=9,
    )
    axes.set_xlabel(
        "skill (1 perfect, 0 a constant position;\n"
        f"what is below {LOWEST:g} is drawn there)".replace("-", MINUS),
        fontsize=9,
    )
    axes.set_xlim(LOWEST - 0.08, 1.05)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.set_label(_in_words(found))
    return figure


def _skills(observation: Observation, layer: str) -> np.ndarray:
    result = filter_skill(*observation.located(layer))
    return result.test[result.measured]


def _strip(
    axes: Axes, place: float, values: np.ndarray, explained: bool
) -> None:
    scatter = np.random.default_rng(0).uniform(-0.25, 0.25, len(values))
    axes.scatter(
        np.maximum(values, LOWEST),
        place + scatter,
        s=9,
        color=BLUE if explained else GRAY,
        alpha=0.45,
        linewidths=0,
    )
    mean = values.mean()
    axes.plot(
        [max(mean, LOWEST)] * 2,
        [place - 0.32, place + 0.32],
        color=BLACK,
        linewidth=2.2,
        solid_capstyle="butt",
    )
    axes.annotate(
        f"mean {mean:.2f}".replace("-", MINUS),
        (max(mean, LOWEST), place + 0.33),
        ha="left" if mean < LOWEST + 0.5 else "center",
        va="bottom",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )


def _controls(axes: Axes, observation: Observation, count: int) -> None:
    controls = {"constant\nposition": 0.0}
    random = skill(*random_position(*observation.located(UNTRAINED), 0))
    if random >= LOWEST:
        controls["random\nposition"] = random
    for name, value in controls.items():
        axes.axvline(value, color=VERMILION, linestyle="--", linewidth=1.2)
        axes.annotate(
            name,
            (value, 1),
            xycoords=("data", "axes fraction"),
            ha="center",
            va="bottom",
            fontsize=8,
            color=VERMILION,
        )
    axes.set_ylim(0.55 - count, 0.65)


def _in_words(found: dict[str, np.ndarray]) -> str:
    means = [
        f"{_NAMES[layer]} {values.mean():.2f}".replace("\n", " ")
        for layer, values in found.items()
    ]
    return f"Mean skill of the live filters: {'; '.join(means)}."
