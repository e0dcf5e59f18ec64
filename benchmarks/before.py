"""How much quicker the main jobs are than at an earlier commit.

Whole runs of both, in turns: the demo on all cores, as each Makefile has it,
and the explainer of real animals on one thread, by default settings on the
same images, beside what came out. Needs `../shared` for the animals.

    git worktree add ../before ff186d8
    python benchmarks/before.py ../before benchmarks/results/before.md
"""

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from parts import DATA
from speed import ONE_THREAD, processor
from speed_timing import command_seconds, demo_words

HERE = Path(__file__).parents[1]
# Job → what it should take of the earlier commit's processor seconds.
TARGETS = {"demo": 0.34, "animals": 0.5}


class Spent(NamedTuple):
    """What a job took, and what came out.

    Attributes:
        processor: Seconds of all cores together.
        waited: Seconds on the clock.
        result: What `result.json` holds.
    """

    processor: float
    waited: float
    result: dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Does the jobs of both commits and prints a table.

    Args:
        arguments: Those of the command line by default.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path, help="checkout of the commit")
    parser.add_argument("page", type=Path, nargs="?", help="file to write")
    parser.add_argument(
        "--jobs", nargs="+", choices=TARGETS, default=[*TARGETS]
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    options = parser.parse_args(arguments)
    before = options.before.resolve()
    works: dict[str, Callable[[Path, int], Spent]] = {
        "demo": demo,
        "animals": animals,
    }
    done: dict[tuple[str, int], tuple[Spent, Spent]] = {}
    for job in options.jobs:
        for seed in options.seeds:
            work = works[job]
            done[job, seed] = (work(before, seed), work(HERE, seed))
            text = page(done, commit(before))
            if options.page:
                options.page.write_text(text, encoding="utf-8")
    print(text)


def demo(checkout: Path, seed: int) -> Spent:
    """Does all of `make demo`, on all cores.

    Args:
        checkout: Of the commit.
        seed: Of everything.
    """
    with tempfile.TemporaryDirectory() as folder:
        given = ["--seed", str(seed), "--out", f"{folder}/demo"]
        words = [*demo_words(checkout), *given]
        spent, waited = command_seconds(checkout, words, {})
        return Spent(spent, waited, _result(folder + "/demo"))


def animals(checkout: Path, seed: int) -> Spent:
    """Trains the explainer of the real animals' MobileNet, on one thread.

    The CNN and the measures are not timed.

    Args:
        checkout: Of the commit.
        seed: Of everything.
    """
    options = {**DATA["animal_parts"], "seed": str(seed)}
    given = [word for k, v in options.items() for word in (f"--{k}", str(v))]
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", f"{folder}/animals"]
        command_seconds(checkout, ["performer", *given, *out], ONE_THREAD)
        explain = ["explain", *out]
        spent, waited = command_seconds(checkout, explain, ONE_THREAD)
        command_seconds(checkout, ["evaluate", *out], ONE_THREAD)
        return Spent(spent, waited, _result(folder + "/animals"))


def _result(folder: str) -> dict[str, Any]:
    return json.loads(Path(folder, "result.json").read_text(encoding="utf-8"))


def commit(checkout: Path) -> str:
    """Returns the commit that a checkout is of.

    Args:
        checkout: The folder.
    """
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def page(done: dict[tuple[str, int], tuple[Spent, Spent]], earlier: str) -> str:
    """Returns the Markdown page.

    Args:
        done: Job and seed to what it took before and takes now.
        earlier: What the earlier commit is called.
    """
    lines = [
        "# Quicker than before",
        "",
        f"Written by `benchmarks/before.py` on {processor()}, "
        f"{os.cpu_count()} cores, beside commit {earlier}. Before → now. The "
        "demo is all of `make demo` on all cores, of the animals the "
        "explainer alone is timed, on one thread. A target in bold is missed.",
        "",
        "| job, seed | processor, s | ratio | target | waited, s | Δ error "
        "| `p` | lost without parts | NMI | one to one |",
        "| --- " + "| ---: " * 9 + "|",
    ]
    for (job, seed), (old, new) in done.items():
        ratio, target = new.processor / old.processor, TARGETS[job]
        asked = f"≤ {target:g} ×" if ratio <= target else f"**≤ {target:g} ×**"
        cells = [
            f"{job}, {seed}",
            f"{old.processor:.0f} → {new.processor:.0f}",
            f"{ratio:.2f} ×",
            asked,
            f"{old.waited:.0f} → {new.waited:.0f}",
            *(_both(old.result, new.result, *path) for path in _SHOWN),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


_SHOWN = (
    ("delta_error",),
    ("p",),
    ("contributions", "removal"),
    ("part_maps", "nmi"),
    ("part_maps", "one_to_one"),
)


def _both(old: dict[str, Any], new: dict[str, Any], *path: str) -> str:
    values = []
    for result in (old, new):
        found: Any = result
        for name in path:
            found = found[name]
        values.append(f"{found:.2f}".replace("-", "−"))
    return " → ".join(values)


if __name__ == "__main__":
    main()
