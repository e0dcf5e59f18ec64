"""How faithful heat maps are, as a table and in plain words."""

from collections.abc import Iterator, Mapping
from typing import Any

from tf_explainer.visualization.style import number_text

HEAT_TERMS = {
    "Deletion": (
        "The pixels that a heat map calls hottest are replaced first; mean "
        "of the performer's probability of its category while they go, 0 to "
        "1. Low is good: lower than that of a random heat, which is chance."
    ),
    "Insertion": (
        "The same the other way round: the hottest pixels come first, into "
        "an image that shows none of them. High is good: higher than that of "
        "a random heat."
    ),
    "μFidelity": (
        "A fifth of the image's cells is replaced, again and again; "
        "correlation of their heat and of what the performer's score loses. "
        "1 is perfect, 0 is chance."
    ),
    "Max sensitivity": (
        "The largest change of a heat map, over its own size, when the image "
        "changes by up to a fiftieth of its range. Low is steady; alone it "
        "says little, since a heat that never changes has 0."
    ),
}
_COLUMNS = {
    "deletion": "deletion (low)",
    "insertion": "insertion (high)",
    "mu_fidelity": "μFidelity (1; 0 is chance)",
    "max_sensitivity": "max sensitivity (low)",
}
_HEATS = {
    "explainer": "The explainer: its contributions, where the parts are",
    "grad_cam": "Grad-CAM of the performer",
    "integrated_gradients": "Integrated gradients of the performer",
    "occlusion": "Occlusion of the performer",
    "equal_parts": "Control: the same parts, all giving the same",
    "center": "Control: the image's center",
    "random": "Control: random heat",
}


def heat_tables(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Lays the section `faithfulness` of `result.json` out.

    Args:
        found: The section; empty if there is none.

    Yields:
        One table or none, as `full_tables`.
    """
    if not found:
        return
    names = {name for measure in _COLUMNS for name in _names(found[measure])}
    order = [*_HEATS, *sorted(names - set(_HEATS))]
    yield {
        "title": (
            "What a change of pixels does to the performer, beside what heat "
            f"maps say: {found['images']} images, {found['steps']} steps, "
            f"{found['subsets']} subsets of cells, {found['draws']} draws of "
            f"noise, filled by `{found['fill']}`; in brackets the 95 % "
            "interval over images"
        ),
        "columns": ["heat map", *_COLUMNS.values()],
        "rows": [
            [
                _HEATS.get(name, name),
                *(_cell(found[measure], name) for measure in _COLUMNS),
            ]
            for name in order
            if name in names
        ],
    }


def _names(measured: Mapping[str, Any]) -> list[str]:
    return [name for name in measured if not name.endswith("_interval")]


def _cell(measured: Mapping[str, Any], name: str) -> str:
    text = number_text(measured.get(name))
    if f"{name}_interval" not in measured:
        return text
    low, high = (number_text(end) for end in measured[f"{name}_interval"])
    return f"{text} ({low} to {high})"
