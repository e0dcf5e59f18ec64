"""The skill of every filter, layer by layer and category by category."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tf_explainer.evaluation.controls.positions import random_position
from tf_explainer.evaluation.metrics.categories import category_skills
from tf_explainer.evaluation.metrics.parts import WELL_TOLD
from tf_explainer.evaluation.metrics.skills import filter_skill, skill
from tf_explainer.evaluation.observation import LAYERS, UNTRAINED, Observation
from tf_explainer.visualization import PLOTS
from tf_explainer.visualization.style import (
    BLACK,
    BLUE,
    GRAY,
    MINUS,
    VERMILION,
    ShownFigure,
    number_text,
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
    figure = ShownFigure(
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
    figure.set_label(_skills_in_words(found))
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


def _skills_in_words(found: dict[str, np.ndarray]) -> str:
    means = [
        f"{_NAMES[layer]} {values.mean():.2f}".replace("\n", " ")
        for layer, values in found.items()
    ]
    return f"Mean skill of the live filters: {'; '.join(means)}."


# Skill of a filter that hardly tells a part.
HARDLY = 0.2
# Of a cell, from which on black is hard to read.
DARK = 0.6
# Letters of a name that leave room for the cells.
LONGEST = 16


@PLOTS.register("category_chart")
def category_chart(observation: Observation) -> Figure | None:
    """Draws the skill of the best filter for each part of each category.

    The filter is chosen on the training images; what is below 0 is drawn as
    0, and parts that a category does not have are left blank.

    Args:
        observation: What the explainer showed.

    Returns:
        The figure, or None with fewer than two categories to show.
    """
    found = category_skills(
        *observation.located("interp_2"),
        observation.categories,
        observation.landmark_names,
    )
    if len(found) < 2:
        return None
    parts = [
        name
        for name in observation.landmark_names
        if any(name in told for told in found.values())
    ]
    skills = np.array(
        [
            [told.get(part, {}).get("skill", np.nan) for told in found.values()]
            for part in parts
        ]
    )
    figure = ShownFigure(
        # As wide as the title, as high as the words beside the colors.
        figsize=(
            max(0.85 * len(found) + 1.8, 4.4),
            max(0.3 * len(parts) + 1.3, 2.6),
        ),
        layout="constrained",
    )
    axes = figure.subplots()
    figure.suptitle("Which parts some filter tells, by category", fontsize=11)
    shown = axes.imshow(skills, "Blues", vmin=0, vmax=1, aspect="auto")
    figure.colorbar(shown, label="skill of the best filter\n(test images)")
    _write(axes, skills)
    _name(axes, parts, list(found))
    figure.set_label(_categories_in_words(skills, parts, list(found)))
    return figure


def _write(axes: Axes, skills: np.ndarray) -> None:
    """The number in each cell that has one."""
    for (row, column), value in np.ndenumerate(skills):
        if not np.isnan(value):
            axes.text(
                column,
                row,
                number_text(value),
                ha="center",
                va="center",
                fontsize=8,
                color="white" if value > DARK else BLACK,
            )


def _name(axes: Axes, parts: list[str], categories: list[str]) -> None:
    # Names are the users': a dollar would begin a formula.
    texts: dict[str, Any] = {"fontsize": 8, "parse_math": False}
    columns, rows = (
        [_short(name) for name in names] for names in (categories, parts)
    )
    axes.set_xticks(range(len(columns)), columns, rotation=30, **texts)
    axes.set_yticks(range(len(rows)), rows, **texts)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _categories_in_words(
    skills: np.ndarray, parts: list[str], categories: list[str]
) -> str:
    told, known = (skills >= WELL_TOLD).sum(), (~np.isnan(skills)).sum()
    weak = [
        f"{parts[row]} of {categories[column]}"
        for row, column in zip(*np.nonzero(skills < HARDLY), strict=True)
    ]
    words = (
        f"{told} of {known} parts of categories are told with a skill of "
        f"{WELL_TOLD} or more"
    )
    rest = f"; hardly told are {', '.join(weak)}" if weak else ""
    return f"{words}{rest}."
