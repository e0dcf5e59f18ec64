"""The leaderboard as Markdown, from the numbers of its jobs."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from tf_explainer.tables.run_numbers import mean_interval, rank_correlation
from tf_explainer.visualization.style import number_text

CONTROLS = "controls"
COLUMNS = {
    "skill": ("skill", 2),
    "share_above_constant": ("share above constant", 2),
    "pck": ("PCK", 2),
    "coverage": ("coverage", 1),
    "location_instability": ("instability", 3),
    "alive": ("alive", 0),
    "p": ("p", 2),
    "through_filters": ("through filters", 2),
    "delta_error": ("Δ error, points", 1),
    "cpu_seconds": ("CPU seconds", 0),
}
FURTHER = {
    "share_good": ("skill ≥ 0.35", 2),
    "skill_of_all": ("skill, silent filters as 0", 2),
    "skill_own_category": ("skill, own category", 2),
    "skill_best_tenth": ("skill, best tenth", 2),
    "jittered_skill": ("skill, moved crops", 2),
    "shuffled_skill": ("skill, shuffled images", 2),
    "parts_told": ("parts told, skill ≥ 0.6", 1),
    "telling_filters": ("by so many filters", 1),
    "largest_share": ("largest share of filters on one part", 2),
    "proxy": ("landmark-free proxy", 2),
}
TOLD = 0.6
_HEAD = """# Leaderboard

Written by `benchmarks/leaderboard.py` from `leaderboard.toml`; numbers of \
each job in `leaderboard.json`. All on test images; mean ± half of the 95 % \
interval (Student's) over seeds, each with a performer of its own. Skill: 1 \
perfect, 0 a constant position. Coverage: landmarks that some filter tells \
with a skill above 0.2. Parts told: landmarks that the filter chosen for them \
on `train` tells with a skill of 0.6 or more; one filter may tell several that \
lie together. Alive: filters that fire. Through filters: share of \
the class score that passes through them. On moved crops parts lie farther \
from a constant place, so that following the image gains more skill there: \
compare with the untrained explainer beside it. CPU seconds: of the \
explainer's training on kept features, all cores together; not all rows come \
from one machine. –: not measured. Below the line: controls.
"""


def leaderboard_text(
    jobs: Sequence[Mapping[str, Any]],
    data: Iterable[str],
    configurations: Collection[str],
) -> str:
    """Returns the page.

    Args:
        jobs: `data`, `name`, `seed` and `numbers` of each job.
        data: Names of the data sets, in order.
        configurations: Names of the configurations, in order.
    """
    parts = [_HEAD]
    for name in data:
        here = [job for job in jobs if job["data"] == name]
        scored = [job for job in here if job["name"] in configurations]
        controls = [job for job in here if job["name"] == CONTROLS]
        if scored or controls:
            parts += _section(name, scored, controls, configurations)
    return "\n".join(parts)


def _section(
    name: str,
    scored: list[Mapping[str, Any]],
    controls: list[Mapping[str, Any]],
    configurations: Collection[str],
) -> list[str]:
    seeds = sorted({job["seed"] for job in (*scored, *controls)})
    accuracy = [job["numbers"]["accuracy"] for job in controls]
    told = ", ".join(map(str, seeds))
    lines = [f"## {name}", "", f"Seeds {told}."]
    precisions = {job.get("options", {}).get("precision") for job in scored}
    for precision in sorted(precisions - {None}):
        lines[-1] += f" Explainers learn in {precision}."
    if accuracy:
        lines[-1] += f" Performer's accuracy {mean_text(accuracy, 3)}."
    rows = [
        (
            label,
            [
                all_numbers(job["numbers"])
                for job in scored
                if job["name"] == label
            ],
        )
        for label in configurations
    ]
    rows = [
        (_with_seeds(label, len(found), len(seeds)), found)
        for label, found in rows
        if found
    ]
    below = list(
        dict.fromkeys(row for job in controls for row in job["numbers"]["rows"])
    )
    under = [
        (row, [job["numbers"]["rows"].get(row, {}) for job in controls])
        for row in below
    ]
    lines += ["", *_table(COLUMNS, rows, under), ""]
    further = _present(FURTHER, (numbers for _, row in rows for numbers in row))
    if further:
        known = [
            (row, [all_numbers(one) for one in found])
            for row, found in under
            if any("jittered" in one for one in found)
        ]
        lines += [*_table(further, rows, known), "", *_correlations(scored)]
    under = [row for row in under if all("parts" in one for one in row[1])]
    moved = [
        (label, [one["jittered"] for one in found])
        for label, found in rows
        if all("parts" in one.get("jittered", {}) for one in found)
    ]
    told = "For each landmark, the skill of the filter that tells it best on "
    lines += _parts(
        f"{told}`train`, and the share of the live filters that stand for it:",
        *(rows, under),
    )
    return lines + _parts("The same on moved crops:", moved, [])


def all_numbers(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Returns numbers of a job, with those that others give.

    Args:
        numbers: As `leaderboard_measures.measures` returns them.
    """
    found = numbers.get("parts", {}).get("found", {})
    known = {k: one for k, one in found.items() if "chosen_skill" in one}
    told = {k: one for k, one in known.items() if one["chosen_skill"] >= TOLD}
    filters = [one["filters"] for one in found.values()]
    moved = numbers.get("jittered", {}).get("skill")
    further = {} if moved is None else {"jittered_skill": moved}
    if {"skill", "alive", "filters"} <= set(numbers):
        alive = numbers["alive"] / numbers["filters"]
        further["skill_of_all"] = numbers["skill"] * alive
    if known:
        further["parts_told"] = len(told)
        further["telling_filters"] = len(
            {one.get("chosen_filter", name) for name, one in told.items()}
        )
        further["largest_share"] = max(filters) / max(numbers["alive"], 1)
    return {**numbers, **further}


def _with_seeds(label: str, done: int, seeds: int) -> str:
    return label if done == seeds else f"{label} ({done} of {seeds} seeds)"


def _correlations(scored: list[Mapping[str, Any]]) -> list[str]:
    """How far the landmark-free proxy tells what the landmarks tell."""
    known = [
        (job.get("settings", {}).get("filter_loss"), numbers)
        for job in scored
        if {"proxy", "skill"} <= set(numbers := all_numbers(job["numbers"]))
    ]
    overall = _with_proxy("skill", [numbers for _, numbers in known])
    if overall is None:
        return []
    kinds: dict[str, list[dict[str, Any]]] = {}
    for loss, numbers in known:
        kinds.setdefault(loss, []).append(numbers)
    within = [
        f"{number_text(value)} over the {len(those)} with the filter loss "
        f"`{loss}`{_spread_with_proxy(those)}"
        for loss, those in kinds.items()
        if loss and (value := _with_proxy("skill", those)) is not None
    ]
    return [
        "Rank correlation of the landmark-free proxy with skill over these "
        f"{len(known)} trainings: "
        f"{'; '.join([number_text(overall), *within])}.",
        "",
    ]


def _with_proxy(name: str, those: Sequence[Mapping[str, Any]]) -> float | None:
    return rank_correlation(
        [(one["proxy"], one[name]) for one in those if name in one]
    )


def _spread_with_proxy(those: Sequence[Mapping[str, Any]]) -> str:
    """Whether the proxy likes filters that all find the same part."""
    told, share = (
        _with_proxy(name, those) for name in ("parts_told", "largest_share")
    )
    if told is None or share is None:
        return ""
    return (
        f" (with the number of parts told {number_text(told)}, with the "
        f"largest share of filters on one part {number_text(share)})"
    )


def _table(
    columns: Mapping[str, tuple[str, int]],
    rows: list[tuple[str, list[Any]]],
    below: list[tuple[str, list[Any]]],
) -> list[str]:
    heads = ["configuration", *(head for head, _ in columns.values())]
    lines = [
        markdown_line(heads),
        markdown_line(["---", *["---:"] * len(columns)]),
    ]
    for label, found in rows:
        lines.append(markdown_line([label, *_cells(columns, found)]))
    if below:
        lines.append(markdown_line(["———", *["———"] * len(columns)]))
    for label, found in below:
        lines.append(markdown_line([f"*{label}*", *_cells(columns, found)]))
    return lines


def _parts(
    told: str,
    rows: list[tuple[str, list[Any]]],
    below: list[tuple[str, list[Any]]],
) -> list[str]:
    """For each landmark: filters that stand for it, and the best one."""
    landmarks = list(
        dict.fromkeys(
            name
            for _, row in rows
            for numbers in row
            for name in numbers["parts"]["found"]
        )
    )
    if not landmarks:
        return []
    lines = [
        told,
        "",
        markdown_line(["configuration", *landmarks]),
        markdown_line(["---", *["---:"] * len(landmarks)]),
    ]
    for label, row in [*rows, *((f"*{name}*", row) for name, row in below)]:
        cells = []
        for name in landmarks:
            best = [n["parts"]["found"][name].get("chosen_skill") for n in row]
            share = [
                n["parts"]["found"][name]["filters"] / max(n["alive"], 1)
                for n in row
            ]
            cells.append(f"{mean_text(best, 2)} ({mean_text(share, 2)})")
        lines.append(markdown_line([label, *cells]))
    return [*lines, ""]


def _present(
    columns: Mapping[str, tuple[str, int]], numbers: Iterable[Any]
) -> dict[str, tuple[str, int]]:
    seen = {name for one in numbers for name in one}
    return {name: head for name, head in columns.items() if name in seen}


def _cells(
    columns: Mapping[str, tuple[str, int]], found: list[Any]
) -> list[str]:
    return [
        mean_text([numbers.get(name) for numbers in found], digits)
        for name, (_, digits) in columns.items()
    ]


def mean_text(values: Sequence[float | None], digits: int) -> str:
    """Returns the mean over seeds, ± half of its 95 % interval.

    Args:
        values: One of each seed; what is missing is left out, and told.
        digits: Digits behind the point.
    """
    known = [v for v in values if v is not None and math.isfinite(v)]
    if not known:
        return "–"
    mean, half = mean_interval(known)
    text = number_text(mean, digits)
    text = text if half is None else f"{text} ± {half:.{digits}f}"
    few = len(known) < len(values)
    return f"{text} ({len(known)} of {len(values)})" if few else text


def markdown_line(cells: Sequence[str]) -> str:
    """Returns a line of a Markdown table."""
    return f"| {' | '.join(cells)} |"
