"""The page of `parts.py`: its tables, from the numbers of the runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from tf_explainer.tables.run_numbers import mean_interval

TITLES = {
    "drawn_animals": "drawn animals",
    "animal_parts": "six real animals",
    "cow_and_dog": "cow and dog alone",
}
PRESETS = ("default", "filters", "paper")
ROWS = {
    "delta_error": "Δ error, points",
    "p": "`p`",
    "contributions removal": (
        "share of the class score that is lost without the parts"
    ),
    "through": "share of the class score through the filters",
    "filters alive": "live filters",
    "largest_share": "largest share of the filters on one landmark",
    "filters skill": "mean skill of the filters; a constant place has 0",
    "part_maps nmi": "NMI of the winning part and the landmark",
    "part_maps ari": "ARI",
    "part_maps one_to_one": "skill one to one",
    "part_maps one_to_one_found": "landmarks told one to one, skill ≥ 0.6",
    "fidelity mean removal": (
        "contributions and erased regions, rank correlation"
    ),
    "fidelity mean shapley": "the same, by Shapley values",
    "fidelity mean area": "the same: size of the region",
    "fidelity mean grad_cam": "the same: Grad-CAM of the CNN",
    "fidelity mean integrated_gradients": (
        "the same: integrated gradients of the CNN"
    ),
    "fidelity mean target_erasure": (
        "the same: the region erased in the target feature"
    ),
    "fidelity mean chance": "the same: contributions to another image",
    "taken_out parts_by_removal": (
        "contributions and parts taken out of drawings"
    ),
    "taken_out part_filters": "the same, by filters",
    "taken_out area": "the same: size of the part",
    "taken_out grad_cam": "the same: Grad-CAM of the CNN",
    "taken_out integrated_gradients": (
        "the same: integrated gradients of the CNN"
    ),
}
"""Number → words; `parts.json` has many more."""
CONTROLS = {
    "untrained": "an untrained explainer",
    "frame": "cells of the frame",
    "k_means": "k-means of the target feature",
    "landmark_box": "cells of the landmarks' box",
    "trained_on_landmarks": "trained on the landmarks",
}
"""Control of part maps → words; each is measured as the parts are."""
FIRST_PAGE = (
    "delta_error",
    "p",
    "contributions removal",
    "part_maps nmi",
    "part_maps controls landmark_box nmi",
    "part_maps controls trained_on_landmarks nmi",
    "fidelity mean removal",
    "fidelity mean area",
    "fidelity mean integrated_gradients",
)
"""What README shows of the default."""


def page(jobs: Mapping[str, Any]) -> str:
    """Returns the tables: a row for each number, a column for each preset.

    Args:
        jobs: `data/preset/seed` to numbers.
    """
    lines = [
        "# Parts",
        "",
        "Written by `benchmarks/parts.py`; all numbers of each run in "
        "`parts.json`. On test images; mean ± half of the 95 % interval "
        "(Student's) over the seeds in brackets, each with a performer of its "
        "own. –: not measured, or there are no parts. What each number "
        "means: `docs/pages/numbers.md`.",
    ]
    for data, title in TITLES.items():
        columns = {preset: _runs(jobs, data, preset) for preset in PRESETS}
        columns = {name: runs for name, runs in columns.items() if runs}
        if columns:
            lines += ["", f"## {title[0].upper()}{title[1:]}", ""]
            lines += _table(columns, _rows())
    return "\n".join(lines) + "\n"


def _rows() -> list[tuple[str, str]]:
    """Words and number of each row, controls under what they control."""
    rows = []
    for name, words in ROWS.items():
        rows.append((words, name))
        if name.startswith("part_maps "):
            rows += [
                (
                    f"the same: {told}",
                    name.replace("part_maps", f"part_maps controls {control}"),
                )
                for control, told in CONTROLS.items()
            ]
    return rows


def short_table(jobs: Mapping[str, Any]) -> str:
    """Returns the table of the first page: the default, by data set.

    Args:
        jobs: See `page`.
    """
    columns = {
        title: _runs(jobs, data, "default")
        for data, title in list(TITLES.items())[:2]
    }
    rows = [row for row in _rows() if row[1] in FIRST_PAGE]
    return "\n".join(_table(columns, rows))


def _runs(
    jobs: Mapping[str, Any], data: str, preset: str
) -> list[dict[str, float]]:
    found = [
        _flat(numbers)
        for name, numbers in jobs.items()
        if name.startswith(f"{data}/{preset}/")
    ]
    for one in found:
        if "contributions ordinary" in one:
            rest = one["contributions ordinary"] + one["contributions bias"]
            one["through"] = 1 - rest
    return found


def _flat(numbers: Mapping[str, Any], above: str = "") -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in numbers.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{above}{name} ")
        elif isinstance(value, int | float):
            found[f"{above}{name}"] = float(value)
    return found


_Columns = Mapping[str, Sequence[Mapping[str, float]]]


def _table(columns: _Columns, rows: Sequence[tuple[str, str]]) -> list[str]:
    """A line for each number that some run knows."""
    heads = [f"{name} ({len(runs)})" for name, runs in columns.items()]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for words, name in rows:
        known = [
            [one[name] for one in runs if name in one]
            for runs in columns.values()
        ]
        if any(known):
            cells = " | ".join(_cell(values) for values in known)
            lines.append(f"| {words} | {cells} |")
    return lines


def _cell(values: Sequence[float]) -> str:
    if not values:
        return "–"
    mean, half = mean_interval(values)
    digits = 2 if abs(mean) < 10 else 1
    told = f"{mean:.{digits}f}".replace("-", "−")
    return told if half is None else f"{told} ± {half:.{digits}f}"
