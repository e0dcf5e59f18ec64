"""Which oracle finds more in the same epochs, and what workers are worth.

On small drawn animals, with a performer of its own for each seed: the best
objective that `random`, `bayesian` and `hyperband` find in about as many
epochs, and their seconds. Then one process beside a chief with two workers
that do the same trials, each process with one thread.

    python benchmarks/tuning.py
    python benchmarks/tuning.py --seeds 0 --json
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tf_explainer.config.search import ORACLES
from tf_explainer.datasets import open_dataset
from tf_explainer.datasets.splits import hold_out
from tf_explainer.training import train_performer
from tf_explainer.tuning import (
    ExplainerHyperModel,
    ExplainerTuner,
    trial_table,
)
from tf_explainer.whole_files import atomic_write

EPOCHS, TRIALS = 5, 7
WORKED_ON = 8
_IMAGES = {"train": 160, "test": 12, "size": 32}
_FIXED = {"parts": 4}
_RESULTS = Path(__file__).parent / "results"


def main(arguments: list[str] | None = None) -> None:
    """Measures, and writes the table.

    Args:
        arguments: Those of the command line by default.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--results", type=Path, default=_RESULTS)
    parser.add_argument(
        "--json", action="store_true", help="print JSON and write nothing"
    )
    options = parser.parse_args(arguments)
    found = {"searches": [], "load_before": os.getloadavg()[0]}
    for seed in options.seeds:
        found["searches"] += searches(seed)
        print(f"seed {seed} is done", file=sys.stderr)
    found["processes"] = processes()
    if options.json:
        print(json.dumps(found, indent=2))
        return
    text = page(found)
    with atomic_write(options.results / "tuning.md") as beside:
        beside.write_text(text, encoding="utf-8")
    print(text)


def searches(seed: int) -> list[dict[str, Any]]:
    """Returns what each oracle finds with one performer.

    Args:
        seed: Of performer, split and choice.
    """
    keras.utils.set_random_seed(seed)
    data = open_dataset("drawn_animals", image_size=32, **_IMAGES)
    performer, _ = train_performer(
        hold_out(data, seed=seed), epochs=12, width=16, units=32
    )
    model = ExplainerHyperModel(
        performer, data, epochs=EPOCHS, fixed=_FIXED, seeds=[seed]
    )
    model.prepare()
    return [_searched(model, name, seed) for name in ORACLES]


def _searched(
    model: ExplainerHyperModel, oracle: str, seed: int
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        tuner = ExplainerTuner(model, None, TRIALS, seed, folder, oracle=oracle)
        began = time.perf_counter()
        tuner.search()
        seconds = time.perf_counter() - began
    rows = trial_table(tuner)
    first = next(row for row in rows if row.trial == 1)
    return {
        "oracle": oracle,
        "seed": seed,
        "objective": rows[0].score,
        "first": first.score,
        "trials": len(rows),
        "epochs": sum(row.settings.get("epochs", EPOCHS) for row in rows),
        "seconds": seconds,
    }


def processes() -> dict[str, Any]:
    """Returns the seconds of one search by one process, and by three."""
    with tempfile.TemporaryDirectory() as folder:
        one, three = Path(folder) / "one", Path(folder) / "three"
        began = time.perf_counter()
        _ended([_started(one, *_command())])
        alone = time.perf_counter() - began
        began = time.perf_counter()
        work = [
            _started(three, "--worker", name, "--worker-timeout", "20")
            for name in ("ann", "bob")
        ]
        _ended([_started(three, *_command(), "--chief", "0"), *work])
        together = time.perf_counter() - began
        same = _measures(one) == _measures(three)
    return {
        "trials": WORKED_ON,
        "one_process": alone,
        "chief_and_two_workers": together,
        "same_measures": same,
    }


def _command() -> list[str]:
    words = ["--data", "drawn_animals", "--image-size", "32"]
    for name, value in _IMAGES.items():
        words += ["--data-option", f"{name}={value}"]
    words += ["--performer-epochs", "6", "--epochs", str(EPOCHS)]
    words += ["--parts", str(_FIXED["parts"])]
    return [*words, "--oracle", "random", "--trials", str(WORKED_ON)]


def _started(out: Path, *words: str) -> subprocess.Popen:
    one = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    command = [sys.executable, "-m", "tf_explainer", "tune", "--out", str(out)]
    return subprocess.Popen(
        [*command, *words],
        env={**os.environ, **one, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _ended(started: Sequence[subprocess.Popen]) -> None:
    for process in started:
        said, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(said)


def _measures(out: Path) -> dict[str, dict[str, str]]:
    with open(out / "trials.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        row["trial"]: {k: v for k, v in row.items() if k != "seconds"}
        for row in rows
    }


def page(found: Mapping[str, Any]) -> str:
    """Returns the tables.

    Args:
        found: What was measured.
    """
    rows, both = found["searches"], found["processes"]
    seeds = len({row["seed"] for row in rows})
    base = np.mean([r["seconds"] for r in rows if r["oracle"] == "random"])
    lines = [
        "# Tuning",
        "",
        "Written by `benchmarks/tuning.py`: small drawn animals "
        f"({_IMAGES['train']} images, {_IMAGES['size']} pixels), "
        f"{_FIXED['parts']} parts, {EPOCHS} epochs, {seeds} seed(s) with a "
        "performer each. Load of the machine as it began: "
        f"{found['load_before']:.1f} on {os.cpu_count()} cores. So few epochs "
        "find no good parts, and the objective is mostly what the limits cost; "
        "± is the standard deviation over seeds, and differences below it say "
        "nothing.",
        "",
        "## Oracles, with about as many epochs",
        "",
        "| oracle | trials | epochs | first trial | best objective, each seed "
        "| its mean | seconds, of those of random |",
        "| --- | ---: | ---: | ---: | --- | ---: | ---: |",
    ]
    for name in ORACLES:
        own = [row for row in rows if row["oracle"] == name]
        best = [row["objective"] for row in own]
        cells = [
            name,
            "/".join(sorted({str(row["trials"]) for row in own})),
            "/".join(sorted({str(row["epochs"]) for row in own})),
            f"{np.mean([row['first'] for row in own]):.2f}",
            ", ".join(f"{value:.2f}" for value in best),
            f"{np.mean(best):.2f} ± {np.std(best):.2f}",
            f"{np.mean([row['seconds'] for row in own]) / base:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    ratio = both["one_process"] / both["chief_and_two_workers"]
    lines += [
        "",
        "The first trial of hyperband has the defaults with the epochs of its "
        "lowest rung.",
        "",
        "## One process, and a chief with two workers",
        "",
        f"{both['trials']} trials of oracle random, each process with one "
        f"thread, from start to end: **{ratio:.2f} times as fast** with two "
        "workers. All measures of all trials are "
        f"{'the same' if both['same_measures'] else 'NOT the same'}. Where the "
        "machine's load is above its cores, two processes also get two shares "
        "of it, and the ratio is larger than it would be on an idle one.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
