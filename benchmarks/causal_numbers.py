"""Gathers what parts do to the score, from finished runs with `--full`.

tf-explainer run --full --out runs/demo
tf-explainer run --full --seed 1 --out runs/demo_1
python benchmarks/causal_numbers.py runs/demo runs/demo_1 causal.json

Of real images, from which no part can be removed, it has what covering the
peak costs.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from leaderboard_jobs import read_json, write_json

from tf_explainer.errors import InputError
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.tables.run_numbers import mean_interval

ALWAYS = ("occlusion", "equivariance", "proxy")
# Parts can be removed from drawn animals alone.
SECTIONS = ("causal", *ALWAYS)


def main(arguments: list[str] | None = None) -> None:
    """Writes the means over the runs, and each run's own numbers.

    Args:
        arguments: Those of the command line by default.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+", help="folders of runs")
    parser.add_argument("numbers", type=Path, help="JSON file to write")
    options = parser.parse_args(arguments)
    found = [_numbers(OutFolder(run)) for run in options.runs]
    seeds = [OutFolder(run).settings().seed for run in options.runs]
    write_json(
        options.numbers,
        {"seeds": seeds, "means": means(found), "runs": found},
    )


def _numbers(folder: OutFolder) -> dict[str, Any]:
    result = read_json(folder.result)
    if missing := [name for name in ALWAYS if name not in result]:
        raise InputError(
            f"{folder.path}: result.json has no {missing[0]!r}; make the run "
            "with --full."
        )
    return {
        "delta_error": result["delta_error"],
        "skill": result["layers"]["interp_2"]["skill"],
        **{name: result[name] for name in SECTIONS if name in result},
    }


def means(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Returns the mean of each number over the runs that know it.

    Args:
        runs: Numbers, or dictionaries of them; what is neither, such as the
            interval within a run, is left out.

    Returns:
        Of each number `[mean, half of the 95 % interval over runs]`, the
        second one None where there is one run.
    """
    found: dict[str, Any] = {}
    for name in dict.fromkeys(name for run in runs for name in run):
        values = [run[name] for run in runs if name in run]
        if isinstance(values[0], Mapping):
            found[name] = means(values)
        elif isinstance(values[0], int | float):
            found[name] = list(mean_interval(values))
    return found


if __name__ == "__main__":
    main()
