"""Prints the README's table of results from the committed runs.

    python benchmarks/results_table.py

The runs are `benchmarks/results/demo.json` and `animals.json`, each the
`result.json` of the command that the README names; beside them stands what
`landmark_probe.py` wrote of the performers of these runs.
"""

import json
from pathlib import Path
from typing import Any

from tf_explainer.evaluation.share_through_filters import (
    share_through_filters,
)
from tf_explainer.report.number_text import number_text, percent_text

RESULTS = Path(__file__).parent / "results"
RUNS = {
    "drawn animals": ("demo.json", "landmark_probe_drawn.json"),
    "real animals": ("animals.json", "landmark_probe_animals.json"),
}
PROBE = "the same of a network trained on the landmarks, mean of 3 seeds"
RIVALS = (
    "skill of controls: constant place / untrained explainer / performer's "
    "top conv-layer / shuffled images"
)


def main() -> None:
    """Prints the table."""
    print(results_table())


def results_table() -> str:
    """Returns the table as Markdown, a column for each run."""
    columns = [
        column(*(json.loads((RESULTS / name).read_text()) for name in names))
        for names in RUNS.values()
    ]
    lines = [["", *RUNS], ["---"] * (1 + len(RUNS))]
    lines += [[what, *(one[what] for one in columns)] for what in columns[0]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def column(result: dict[str, Any], probe: dict[str, Any]) -> dict[str, str]:
    """Returns what the table says of one run.

    Args:
        result: Content of `result.json`.
        probe: What `landmark_probe.py` wrote of the same performer.
    """
    explained, controls = result["layers"]["interp_2"], result["controls"]
    found = result["parts"]["found"]
    skills = (
        *("0", number_text(controls["untrained"]["skill"])),
        number_text(result["layers"]["top_conv"]["skill"]),
        number_text(controls["shuffled"]["skill"]),
    )
    low, high = map(number_text, explained["skill_interval"])
    instabilities = (
        explained["location_instability"],
        controls["constant_center"]["location_instability"],
    )
    told = [
        f"{name} {number_text(part['chosen_skill'])}"
        for name, part in found.items()
        if "chosen_skill" in part
    ]
    share = share_through_filters(result["contributions"])
    return {
        "performer's / explainer's accuracy": (
            f"{percent_text(result['performer']['accuracy'])} / "
            f"{percent_text(result['explainer']['accuracy'])}: Δ error "
            f"{number_text(result['delta_error'], 1)} points"
        ),
        "`p`": number_text(result["p"]),
        "share of the class score through the filters": percent_text(share),
        "skill of the filters (95 % interval)": (
            f"{number_text(explained['skill'])} ({low} to {high})"
        ),
        RIVALS: " / ".join(skills),
        "filters above a constant place": percent_text(
            explained["share_above_constant"]
        ),
        "live filters": f"{explained['alive']} of {explained['filters']}",
        "location instability; constant center": "; ".join(
            number_text(value, 3) for value in instabilities
        ),
        "filters that stand for a part": ", ".join(
            f"{name} {part['filters']}"
            for name, part in found.items()
            if part["filters"]
        ),
        "skill of the filter that tells a part best": ", ".join(told),
        PROBE: ", ".join(
            f"{name} {number_text(sum(skills) / len(skills))}"
            for name, skills in probe["always"].items()
        ),
    }


if __name__ == "__main__":
    main()
