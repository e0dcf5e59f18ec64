"""Prints the README's table of results from the committed leaderboard.

    python benchmarks/results_table.py

Of `benchmarks/results/leaderboard.json` it takes the defaults and the controls,
all seeds; beside them stands what `landmark_probe.py` wrote.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leaderboard_jobs import kept_jobs, of_plan, read_json
from leaderboard_table import CONTROLS, all_numbers, mean_text

from tf_explainer.visualization.number_text import number_text

HERE = Path(__file__).parent
RESULTS = HERE / "results"
DATA = {
    "drawn animals": ("drawn_animals", "landmark_probe_drawn.json"),
    "real animals": ("animal_parts", "landmark_probe_animals.json"),
}
BEST = "skill of the filter that tells a part best (and with the worst seed)"
RIVALS = (
    "skill of controls: constant place / untrained explainer / performer's "
    "top conv-layer / shuffled images"
)
# Of the live filters; parts with fewer are not listed.
LEAST_SHARE = 0.005

Numbers = Sequence[dict[str, Any]]


def main() -> None:
    """Prints the table."""
    print(results_table())


def results_table() -> str:
    """Returns the table as Markdown, a column for each data set."""
    plan = tomllib.loads((HERE / "leaderboard.toml").read_text("utf-8"))
    jobs = of_plan(plan, kept_jobs(RESULTS))
    columns = []
    for data, probe in DATA.values():
        runs, controls = (
            [
                all_numbers(job["numbers"])
                for job in jobs
                if (job["data"], job["name"]) == (data, name)
            ]
            for name in ("defaults", CONTROLS)
        )
        columns.append(column(runs, controls, read_json(RESULTS / probe)))
    lines = [["", *DATA], ["---"] * (1 + len(DATA))]
    lines += [[what, *(one[what] for one in columns)] for what in columns[0]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def column(
    runs: Numbers, controls: Numbers, probe: dict[str, Any]
) -> dict[str, str]:
    """Returns what the table says of one data set.

    Args:
        runs: Numbers of the explainers, one of each seed.
        controls: Numbers of the controls, one of each seed.
        probe: What `landmark_probe.py` wrote of the same data.
    """
    return {
        "seeds": str(len(runs)),
        "performer's accuracy": _mean(runs, "accuracy", 3),
        "Δ error, points": _mean(runs, "delta_error", 1),
        "`p`": _mean(runs, "p"),
        "share of the class score through the filters": _mean(
            runs, "through_filters"
        ),
        "skill of the filters": _mean(runs, "skill"),
        "the same, silent filters counted as 0": _mean(runs, "skill_of_all"),
        RIVALS: " / ".join(
            [
                "0",
                _mean(_rows(controls, "untrained"), "skill"),
                _mean(_rows(controls, "top_conv"), "skill"),
                _mean(runs, "shuffled_skill"),
            ]
        ),
        "skill on crops moved by up to 15 %; untrained explainer": "; ".join(
            _mean([numbers.get("jittered", {}) for numbers in of], "skill")
            for of in (runs, _rows(controls, "untrained"))
        ),
        "filters above a constant place": _mean(runs, "share_above_constant"),
        "live filters": (f"{_mean(runs, 'alive', 0)} of {runs[0]['filters']}"),
        "location instability; constant center": "; ".join(
            [
                _mean(runs, "location_instability", 3),
                _mean(
                    _rows(controls, "constant_center"),
                    "location_instability",
                    3,
                ),
            ]
        ),
        "share of the live filters that stand for a part": _shares(runs),
        BEST: _best(runs),
        "the same of an untrained explainer": _best(
            _rows(controls, "untrained")
        ),
        "the same of a network trained on the landmarks, one performer": _told(
            probe["always"]
        ),
    }


def _rows(controls: Numbers, name: str) -> Numbers:
    return [numbers["rows"][name] for numbers in controls]


def _mean(runs: Numbers, name: str, digits: int = 2) -> str:
    return mean_text([run.get(name) for run in runs], digits)


def _shares(runs: Numbers) -> str:
    shares = {
        name: sum(
            run["parts"]["found"][name]["filters"] / max(run["alive"], 1)
            for run in runs
        )
        / len(runs)
        for name in runs[0]["parts"]["found"]
    }
    return ", ".join(
        f"{name} {number_text(share)}"
        for name, share in shares.items()
        if share >= LEAST_SHARE
    )


def _best(runs: Numbers) -> str:
    skills: dict[str, list[float]] = {}
    for run in runs:
        for name, part in run.get("parts", {}).get("found", {}).items():
            if "chosen_skill" in part:
                skills.setdefault(name, []).append(part["chosen_skill"])
    return _told(skills)


def _told(skills: dict[str, list[float]]) -> str:
    return ", ".join(
        f"{name} {number_text(sum(of) / len(of))} ({number_text(min(of))})"
        for name, of in skills.items()
    )


if __name__ == "__main__":
    main()
