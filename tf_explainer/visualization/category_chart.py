"""Which parts are told in which category."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tf_explainer.evaluation.category_skills import category_skills
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.part_counts import WELL_TOLD
from tf_explainer.visualization import PLOTS
from tf_explainer.visualization.number_text import number_text
from tf_explainer.visualization.palette import BLACK

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
    figure = Figure(
        figsize=(0.85 * len(found) + 1.8, 0.3 * len(parts) + 1.3),
        layout="constrained",
    )
    axes = figure.subplots()
    figure.suptitle("Which parts some filter tells, by category", fontsize=11)
    shown = axes.imshow(skills, "Blues", vmin=0, vmax=1, aspect="auto")
    figure.colorbar(shown, label="skill of the best filter (test images)")
    _write(axes, skills)
    _name(axes, parts, list(found))
    figure.set_label(_in_words(skills, parts, list(found)))
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


def _in_words(
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
