"""Measures the parts of the presets, with their controls, over seeds.

Each job is a run of `tf-explainer` up to its numbers, and then what erasing
the parts' regions costs; on drawn animals also what the true parts cost that
are taken out. A finished job is not done again.

    python benchmarks/parts.py
    python benchmarks/parts.py --data animal_parts --seeds 0
    python benchmarks/parts.py --table-only
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parts_page import PRESETS, page, short_table
from rich.console import Console

from tf_explainer.errors import InputError
from tf_explainer.evaluation.causal import causal_checks, removal_fidelity
from tf_explainer.evaluation.observation import load_observation
from tf_explainer.runs.job import Job
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.running import run
from tf_explainer.whole_files import atomic_write

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


def main(arguments: list[str] | None = None) -> None:
    """Does the jobs that are not done, and writes the tables.

    Args:
        arguments: Those of the command line by default.
    """
    options = _parser().parse_args(arguments)
    file = options.results / "parts.json"
    jobs = _read(file)["jobs"] if file.is_file() else {}
    _check_known("--data", options.data, DATA)
    _check_known("--presets", options.presets, PRESETS)
    for data in options.data or DATA:
        for preset in options.presets:
            for seed in options.seeds if not options.table_only else ():
                name = f"{data}/{preset}/{seed}"
                if name not in jobs:
                    folder = options.work / name
                    jobs[name] = measured(folder, DATA[data], preset, seed)
                    _write(file, {"jobs": jobs})
    text = f"{page(jobs)}\n## On the first page\n\n{short_table(jobs)}\n"
    (options.results / "parts.md").write_text(text, encoding="utf-8")
    print(text)


def _check_known(option: str, given: Sequence[str], known: Any) -> None:
    for name in given:
        if name not in known:
            raise InputError(
                f"`{option}` must be of {', '.join(known)}, received {name}."
            )


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _write(path: Path, values: Any) -> None:
    text = json.dumps(values, indent=1, allow_nan=False)
    with atomic_write(path) as beside:
        beside.write_text(text + "\n", encoding="utf-8")


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
        result = _read(out.result)
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


if __name__ == "__main__":
    main()
