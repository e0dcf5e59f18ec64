"""Prints the documentation's table of results from the committed leaderboard.

    python benchmarks/results_table.py

Of `benchmarks/results/leaderboard.json` it takes the defaults and the controls,
all seeds. `parts_table.py` has them part by part.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leaderboard_jobs import kept_jobs, of_plan
from leaderboard_table import (
    CONTROLS,
    all_numbers,
    markdown_line,
    mean_text,
)

HERE = Path(__file__).parent
RESULTS = HERE / "results"
DATA = {
    "drawn animals": "drawn_animals",
    "six real animals": "animal_parts",
    "cows and dogs alone": "animal_parts_kept_out",
}
Numbers = Sequence[dict[str, Any]]


def main() -> None:
    """Prints the table."""
    print(results_table())


def results_table() -> str:
    """Returns the table as Markdown, a column for each data set."""
    columns = [column(*numbers) for numbers in of_defaults().values()]
    lines = [["", *DATA], ["---"] * (1 + len(DATA))]
    lines += [[what, *(one[what] for one in columns)] for what in columns[0]]
    return "\n".join(map(markdown_line, lines))


def of_defaults() -> dict[str, tuple[Numbers, Numbers]]:
    """Returns the committed numbers, one of each seed.

    Returns:
        Title of each data set to the numbers of the explainers by the
        defaults, and those of the controls.
    """
    plan = tomllib.loads((HERE / "leaderboard.toml").read_text("utf-8"))
    jobs = of_plan(plan, kept_jobs(RESULTS))

    def numbers(data: str, name: str) -> Numbers:
        return [
            all_numbers(job["numbers"])
            for job in jobs
            if (job["data"], job["name"]) == (data, name)
        ]

    return {
        title: (numbers(data, "filters"), numbers(data, CONTROLS))
        for title, data in DATA.items()
    }


def column(runs: Numbers, controls: Numbers) -> dict[str, str]:
    """Returns what the table says of one data set.

    Args:
        runs: Numbers of the explainers, one of each seed.
        controls: Numbers of the controls, one of each seed.
    """
    untrained = rows_of(controls, "untrained")
    return {
        "seeds": str(len(runs)),
        "performer's accuracy": _mean(runs, "accuracy", 3),
        "Δ error, points": _mean(runs, "delta_error", 1),
        "`p`": _mean(runs, "p"),
        "share of the class score through the filters": _mean(
            runs, "through_filters"
        ),
        "skill of the filters; a constant place has 0": _mean(runs, "skill"),
        "skill, silent filters counted as 0": _mean(runs, "skill_of_all"),
        "skill of an untrained explainer": _mean(untrained, "skill"),
        "skill of the performer's top conv-layer": _mean(
            rows_of(controls, "top_conv"), "skill"
        ),
        "skill with the peaks of another image": _mean(runs, "shuffled_skill"),
        "skill on moved crops": _mean(_moved(runs), "skill"),
        "skill of an untrained explainer on moved crops": _mean(
            _moved(untrained), "skill"
        ),
        "filters above a constant place": _mean(runs, "share_above_constant"),
        "live filters": (f"{_mean(runs, 'alive', 0)} of {runs[0]['filters']}"),
        "location instability": _mean(runs, "location_instability", 3),
        "location instability of a constant center": _mean(
            rows_of(controls, "constant_center"), "location_instability", 3
        ),
    }


def rows_of(controls: Numbers, name: str) -> Numbers:
    """Returns the numbers of one control, one of each seed.

    Args:
        controls: Numbers of all controls, one of each seed.
        name: The control.
    """
    return [numbers["rows"][name] for numbers in controls]


def _moved(runs: Numbers) -> Numbers:
    return [run.get("jittered", {}) for run in runs]


def _mean(runs: Numbers, name: str, digits: int = 2) -> str:
    return mean_text([run.get(name) for run in runs], digits)


if __name__ == "__main__":
    main()
