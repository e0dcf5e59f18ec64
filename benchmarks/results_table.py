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
        *("0", number(controls["untrained"]["skill"])),
        number(result["layers"]["top_conv"]["skill"]),
        number(controls["shuffled"]["skill"]),
    )
    low, high = explained["skill_interval"]
    told = [
        f"{name} {number(part['chosen_skill'])}"
        for name, part in found.items()
        if "chosen_skill" in part
    ]
    share = share_through_filters(result["contributions"])
    return {
        "performer's / explainer's accuracy": (
            f"{percent(result['performer']['accuracy'])} / "
            f"{percent(result['explainer']['accuracy'])}: Δ error "
            f"{number(result['delta_error'], 1)} points"
        ),
        "`p`": number(result["p"]),
        "share of the class score through the filters": percent(share),
        "skill of the filters (95 % interval)": (
            f"{number(explained['skill'])} ({number(low)} to {number(high)})"
        ),
        RIVALS: " / ".join(skills),
        "filters above a constant place": percent(
            explained["share_above_constant"]
        ),
        "live filters": f"{explained['alive']} of {explained['filters']}",
        "location instability; constant center": (
            f"{number(explained['location_instability'], 3)}; "
            f"{number(controls['constant_center']['location_instability'], 3)}"
        ),
        "filters that stand for a part": ", ".join(
            f"{name} {part['filters']}"
            for name, part in found.items()
            if part["filters"]
        ),
        "skill of the filter that tells a part best": ", ".join(told),
        PROBE: ", ".join(
            f"{name} {number(sum(skills) / len(skills))}"
            for name, skills in probe["always"].items()
        ),
    }


def number(value: float, digits: int = 2) -> str:
    """Returns a number with a real minus."""
    return f"{value:.{digits}f}".replace("-", "−")


def percent(share: float) -> str:
    """Returns a share in percent."""
    return f"{number(100 * share, 1)} %"


if __name__ == "__main__":
    main()
