"""The measures of all layers with their controls, each in a few words."""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.report.heat_maps import HEAT_TERMS
from tf_explainer.report.part_measures import TERMS
from tf_explainer.visualization.style import number_text, percent_text

_SENTENCES = {
    "p": (
        "Weight of the interpretable track, the part filters, in the rebuilt "
        "feature; 1 − p is the ordinary track's."
    ),
    "Δ error": (
        "Accuracy of the performer minus accuracy of its own head on the "
        "rebuilt features, in percentage points."
    ),
    "Reconstruction error": (
        "Squared distance of the rebuilt feature from the performer's, over "
        "the feature's own square; 0 is perfect, 1 as bad as all zeros."
    ),
    "Landmark-free proxy": (
        "The worse of how well a filter's peak goes along with the image and "
        "how well it tells where other filters fire, mean over all filters; "
        "1 is perfect, 0 a position that never moves; it says little where "
        "the filter loss is `equivariant`, which asks for the same."
    ),
    "Explainer before training": (
        "The same explainer with fresh weights, calibrated but never trained."
    ),
}


def definitions() -> dict[str, str]:
    """Returns term to sentence, for every number that the page can show.

    That of a measure is what its docstring says before its arguments.
    """
    measures = [*_COLUMNS, *METRICS.names()]
    told = {_title(name): _told(METRICS.get(name)) for name in measures}
    return {**_SENTENCES, **told, **TERMS, **HEAT_TERMS}


_PLAIN = (
    (r",? (as in|see) `\w+`", ""),
    (r"those of `\w+`", "chosen as for the skill"),
    (r"`train`", "the training images"),
    (r"`test`", "the test images"),
    (r"`(\w+)`", r"\1"),
)


def _told(measure: Callable[..., Any]) -> str:
    text = inspect.getdoc(measure) or ""
    text = " ".join(text.partition("\nArgs:")[0].split())
    # Of code a reader of the page knows nothing.
    for code, words in _PLAIN:
        text = re.sub(code, words, text)
    return text


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
