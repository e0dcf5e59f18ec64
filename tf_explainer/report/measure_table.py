"""The measures of all layers with their controls, side by side."""

from collections.abc import Callable, Mapping
from typing import Any

from tf_explainer.evaluation import METRICS
from tf_explainer.visualization.number_text import number_text, percent_text

_ROWS = {
    "interp_2": ("Explainer, conv-interp-2 (the result)", "layers"),
    "interp_1": ("Explainer, conv-interp-1", "layers"),
    "top_conv": ("Performer, top conv-layer", "layers"),
    "target": ("Performer, target feature", "layers"),
    "untrained": ("Control: explainer before training", "controls"),
    "constant_center": ("Control: always the image's center", "controls"),
    "constant_mean": ("Control: always a part's mean place", "controls"),
    "random": ("Control: a random place", "controls"),
}
# Order of the columns; a measure that is not named here comes last.
_COLUMNS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "skill": ("Skill", number_text),
    "share_above_constant": ("Above constant", percent_text),
    "skill_best_tenth": ("Skill, best tenth", number_text),
    "location_instability": (
        "Location instability",
        lambda value: number_text(value, 3),
    ),
    "alive": ("Live filters", number_text),
}


def measure_table(result: Mapping[str, Any]) -> dict[str, Any]:
    """Lays the measures out for the page.

    Args:
        result: Contents of `result.json`.

    Returns:
        `columns`, their titles; and `rows`, each with `name`, `title` and
        `cells`, each a `text` and a smaller `note`, in the order of the
        columns.
    """
    sections = {
        **{name: place for name, (_, place) in _ROWS.items()},
        **{name: "controls" for name in result["controls"]},
    }
    numbers = {
        name: result[place][name]
        for name, place in sections.items()
        if name in result[place]
    }
    columns = [
        name
        for name in [*_COLUMNS, *METRICS.names()]
        if any(name in row for row in numbers.values())
    ]
    columns = list(dict.fromkeys(columns))
    return {
        "columns": [_title(name) for name in columns],
        "rows": [
            {
                "name": name,
                "title": _ROWS.get(name, (f"Control: {name}",))[0],
                "cells": [_cell(row, column) for column in columns],
            }
            for name, row in numbers.items()
        ],
    }


def _title(metric: str) -> str:
    if metric in _COLUMNS:
        return _COLUMNS[metric][0]
    return metric.replace("_", " ").capitalize()


def _cell(row: Mapping[str, Any], metric: str) -> dict[str, str]:
    value = row.get(metric)
    text = _COLUMNS.get(metric, ("", number_text))[1](value)
    note = ""
    if metric == "alive" and value is not None:
        note = f"of {number_text(row['filters'])}"
    if metric == "skill" and "skill_interval" in row:
        low, high = (number_text(end) for end in row["skill_interval"])
        note = f"{low} to {high}"
    return {"text": text, "note": note}
