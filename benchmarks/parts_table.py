"""Prints, part by part, what the defaults' filters tell.

    python benchmarks/parts_table.py

Of `benchmarks/results/leaderboard.json` it takes the defaults and the controls,
all seeds; beside them stands what `landmark_probe.py` wrote.
"""

from collections.abc import Mapping
from typing import Any

from leaderboard_jobs import read_json
from leaderboard_table import markdown_line
from results_table import (
    RESULTS,
    Numbers,
    of_defaults,
    rows_of,
)

from tf_explainer.visualization.style import number_text

PROBES = {
    "drawn animals": "landmark_probe_drawn.json",
    "six real animals": "landmark_probe_animals.json",
}
HEAD = (
    "share of the filters",
    "told with skill",
    "with the worst seed",
    "untrained explainer",
    "trained on the landmarks",
)


def main() -> None:
    """Prints a table for each data set."""
    for title, numbers in of_defaults().items():
        print(f"{title}:\n\n{parts_table(*numbers, probe(title))}\n")


def probe(title: str) -> Mapping[str, Any]:
    """Returns skills that a network trained on the landmarks reached.

    Args:
        title: Of the data set.
    """
    name = PROBES.get(title)
    return read_json(RESULTS / name)["always"] if name else {}


def parts_table(
    runs: Numbers, controls: Numbers, probed: Mapping[str, Any]
) -> str:
    """Returns a Markdown table with a line for each part.

    Args:
        runs: Numbers of the explainers, one of each seed.
        controls: Numbers of the controls, one of each seed.
        probed: Part to the skills that a network trained on the landmarks
            reached, if it was run.
    """
    untrained = rows_of(controls, "untrained")
    lines = [["part", *HEAD], ["---", *["---:"] * len(HEAD)]]
    for part in runs[0]["parts"]["found"]:
        told = _skills(runs, part)
        lines.append(
            [
                part,
                number_text(_mean(_shares(runs, part))),
                number_text(_mean(told)),
                number_text(min(told, default=None)),
                number_text(_mean(_skills(untrained, part))),
                number_text(_mean(probed.get(part, []))),
            ]
        )
    return "\n".join(map(markdown_line, lines))


def _shares(runs: Numbers, part: str) -> list[float]:
    return [
        run["parts"]["found"][part]["filters"] / max(run["alive"], 1)
        for run in runs
    ]


def _skills(runs: Numbers, part: str) -> list[float]:
    found = [
        run.get("parts", {}).get("found", {}).get(part, {}) for run in runs
    ]
    return [one["chosen_skill"] for one in found if "chosen_skill" in one]


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


if __name__ == "__main__":
    main()
