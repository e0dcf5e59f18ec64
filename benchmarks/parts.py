"""Measures the parts of the presets, with their controls, over seeds.

Each job is a run of `tf-explainer` up to its numbers, and then what erasing
the parts' regions costs; on drawn animals also what the true parts cost that
are taken out. A finished job is not done again.

    python benchmarks/parts.py
    python benchmarks/parts.py --data animal_parts --seeds 0
    python benchmarks/parts.py --table-only
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from leaderboard_jobs import chosen, read_json, write_json
from rich.console import Console

from tf_explainer.evaluation.causal import causal_checks, removal_fidelity
from tf_explainer.evaluation.observation import load_observation
from tf_explainer.runs.job import Job
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.running import run
from tf_explainer.tables.run_numbers import mean_interval

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared"
WEIGHTS = SHARED / "weights" / "mobilenet_v1_0.75_192.weights.h5"
STEPS = ["performer", "explain", "evaluate"]
_ANIMALS = {
    "data": str(SHARED / "animal_parts"),
    "backbone": "mobilenet",
    "weights": str(WEIGHTS),
}
DATA: Mapping[str, Mapping[str, Any]] = {
    "drawn_animals": {},
    "animal_parts": _ANIMALS,
    "cow_and_dog": {**_ANIMALS, "categories": "cow,dog"},
}
PRESETS = ("default", "filters")
TITLES = {"drawn_animals": "drawn animals", "animal_parts": "six real animals"}
SHORT = {
    "Δ error, points": "delta_error",
    "`p`": "p",
    "share of the class score that is lost without the parts": (
        "contributions removal"
    ),
    "largest share of the filters on one landmark": "largest_share",
    "NMI of the winning part and the landmark": "part_maps nmi",
    "the same: cells of the landmarks' box": (
        "part_maps controls landmark_box nmi"
    ),
    "the same: trained on the landmarks": (
        "part_maps controls trained_on_landmarks nmi"
    ),
    "contributions and erased regions, rank correlation": (
        "fidelity mean removal"
    ),
    "the same: size of the region": "fidelity mean area",
    "the same: integrated gradients of the CNN": (
        "fidelity mean integrated_gradients"
    ),
}
"""What the first page shows of the default: words → number."""
# Not in an average: how sure a number is, and what is a list.
_SKIPPED = ("_interval", "by_part")


def main(arguments: list[str] | None = None) -> None:
    """Does the jobs that are not done, and writes the tables.

    Args:
        arguments: Those of the command line by default.
    """
    options = _parser().parse_args(arguments)
    file = options.results / "parts.json"
    jobs = read_json(file)["jobs"] if file.is_file() else {}
    for data in chosen(DATA, options.data, "--data"):
        for preset in options.presets:
            for seed in options.seeds if not options.table_only else ():
                name = f"{data}/{preset}/{seed}"
                if name not in jobs:
                    folder = options.work / name
                    jobs[name] = measured(folder, DATA[data], preset, seed)
                    write_json(file, {"jobs": jobs})
    text = f"{page(jobs)}\n## On the first page\n\n{short_table(jobs)}\n"
    (options.results / "parts.md").write_text(text, encoding="utf-8")
    print(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="*", default=[], help="of all if none")
    parser.add_argument("--presets", nargs="*", default=list(PRESETS))
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--work", type=Path, default=Path("runs/parts"))
    parser.add_argument("--results", type=Path, default=HERE / "results")
    parser.add_argument("--table-only", action="store_true")
    return parser


def measured(
    folder: Path, options: Mapping[str, Any], preset: str, seed: int
) -> dict[str, Any]:
    """Returns the numbers of one run.

    Args:
        folder: Where it is, or will be.
        options: Of `tf-explainer run`.
        preset: Of the explainer.
        seed: Of everything.
    """
    given = {**options, "preset": preset, "seed": seed}
    begun = folder.is_dir()
    with open_folder(folder, STEPS, given, resume=begun) as (out, settings):
        run(settings, out, STEPS)
        result = read_json(out.result)
        job = Job(settings, out, Console(stderr=True))
        explainer, dataset = job.explainer, job.dataset
        found = {
            name: result[name]
            for name in ("delta_error", "p", "seconds", "part_maps")
            if name in result
        }
        found["contributions"] = result["contributions"]
        found["filters"] = result["layers"]["interp_2"]
        found["largest_share"] = _largest_share(result)
        if explainer.encoder.parts:
            found["fidelity"] = removal_fidelity(
                explainer, dataset.splits["test"], seed=seed
            )
        if dataset.name == "drawn_animals":
            seen = load_observation(out.observation)
            checks = causal_checks(explainer, dataset, seen, seed=seed)
            found["taken_out"] = {
                name: claim["by_image"]
                for name, claim in checks["claims"].items()
                if "by_image" in claim
            }
    return found


def _largest_share(result: Mapping[str, Any]) -> float:
    """Share of the live filters that stand for one landmark."""
    counts = [one["filters"] for one in result["parts"]["found"].values()]
    return max(counts) / max(sum(counts) + result["parts"]["other"], 1)


def page(jobs: Mapping[str, Any]) -> str:
    """Returns the tables: a row for each number, a column for each preset.

    Args:
        jobs: `data/preset/seed` to numbers.
    """
    lines = [
        "# Parts",
        "",
        "Written by `benchmarks/parts.py`; numbers of each run in "
        "`parts.json`. On test images; mean ± half of the 95 % interval "
        "(Student's) over the seeds in brackets, each with a performer of its "
        "own. What each number means: `docs/pages/numbers.md`.",
    ]
    for data in DATA:
        columns = {preset: _runs(jobs, data, preset) for preset in PRESETS}
        columns = {name: runs for name, runs in columns.items() if runs}
        if columns:
            lines += ["", f"## {data}", "", *_table(columns)]
    return "\n".join(lines) + "\n"


def short_table(jobs: Mapping[str, Any]) -> str:
    """Returns the table of the first page: the default, by data set.

    Args:
        jobs: See `page`.
    """
    columns = {data: _runs(jobs, data, "default") for data in TITLES}
    heads = [f"{TITLES[data]} ({len(columns[data])})" for data in TITLES]
    lines = [f"| | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    lines += [_row(words, name, columns) for words, name in SHORT.items()]
    return "\n".join(lines)


def _runs(
    jobs: Mapping[str, Any], data: str, preset: str
) -> list[dict[str, float]]:
    return [
        _flat(numbers)
        for name, numbers in jobs.items()
        if name.startswith(f"{data}/{preset}/")
    ]


def _flat(numbers: Mapping[str, Any], above: str = "") -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in numbers.items():
        full = f"{above}{name}"
        if any(name.endswith(end) for end in _SKIPPED):
            continue
        if isinstance(value, Mapping):
            found |= _flat(value, f"{full} ")
        elif isinstance(value, int | float):
            found[full] = float(value)
    return found


_Columns = Mapping[str, Sequence[Mapping[str, float]]]


def _table(columns: _Columns) -> list[str]:
    seeds = [f"{name} ({len(runs)})" for name, runs in columns.items()]
    rows = dict.fromkeys(
        name for runs in columns.values() for one in runs for name in one
    )
    lines = [f"| | {' | '.join(seeds)} |", "|---" * (len(seeds) + 1) + "|"]
    return lines + [_row(row.replace("_", " "), row, columns) for row in rows]


def _row(words: str, name: str, columns: _Columns) -> str:
    """One number, over the runs of each column that know it."""
    cells = [
        _cell([one[name] for one in runs if name in one])
        for runs in columns.values()
    ]
    return f"| {words} | {' | '.join(cells)} |"


def _cell(values: Sequence[float]) -> str:
    if not values:
        return "–"
    mean, half = mean_interval(values)
    digits = 2 if abs(mean) < 10 else 1
    told = f"{mean:.{digits}f}"
    return told if half is None else f"{told} ± {half:.{digits}f}"


if __name__ == "__main__":
    main()
