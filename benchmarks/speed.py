"""How fast all of it is, as ratios within one run, and what it should be.

Each theme has a process of its own, on one thread; seconds are the
processor's, so that other work on the machine counts for little. What is
compared takes turns, and medians are told.

    python benchmarks/speed.py benchmarks/results/speed.md
    python benchmarks/speed.py --themes "filter losses" cache --json
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from speed_timing import Row, command_seconds, demo_words

ROOT = Path(__file__).parents[1]
THEMES = (
    *("filter losses", "steps", "memory"),
    *("epochs", "first epoch", "cache", "scaling"),
    *("measures", "served", "start", "demo"),
)
ONE_THREAD = {
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
COUNTS = (1_000, 4_000, 16_000)


def main(arguments: list[str] | None = None) -> None:
    """Measures one theme, or all of them in processes of their own.

    Args:
        arguments: Those of the command line by default.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path, nargs="?", help="file to write")
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=THEMES)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(measured(options.one)))
        return
    begun, rows = time.monotonic(), {}
    for theme in options.themes:
        rows[theme] = _theme(theme)
        seconds = time.monotonic() - begun
        print(f"{theme}: done after {seconds:.0f} s", file=sys.stderr)
        if options.page:
            # What is known is kept, whatever comes.
            text = page(rows, seconds)
            options.page.write_text(text, encoding="utf-8")
    if options.json:
        told = {t: [row._asdict() for row in some] for t, some in rows.items()}
        print(json.dumps(told, indent=2))
        return
    print(page(rows, time.monotonic() - begun))


def measured(theme: str) -> object:
    """Returns what one process measures, as JSON values.

    Args:
        theme: Of `THEMES`; of `memory` and `scaling` a part, as
            `memory:exact` or `scaling:1000`.
    """
    import speed_answers
    import speed_data
    import speed_steps

    name, _, detail = theme.partition(":")
    if name == "memory":
        return speed_steps.step_memory(detail or None)
    if name == "scaling":
        return speed_data.scaling(int(detail))
    known = {
        "filter losses": speed_steps.filter_losses,
        "steps": speed_steps.steps,
        **speed_data.THEMES,
        **speed_answers.THEMES,
    }
    return known[name]()


def _theme(theme: str) -> list[Row]:
    if theme == "demo":
        return _demo()
    if theme == "memory":
        return _memory()
    if theme == "scaling":
        return _scaling()
    return [Row(*row) for row in _one(theme)]


def _memory() -> list[Row]:
    kinds = ("exact", "paper", "equivariant")
    # Memory is the same whatever runs beside it.
    with ThreadPoolExecutor(2) as pool:
        plain, *peaks = pool.map(_one, (f"memory:{k}" for k in ("", *kinds)))
    return [
        Row(
            f"peak memory of training, vgg_16, 32 maps, {kind}",
            "plain",
            peak / plain,
            "×",
            1.10,
        )
        for kind, peak in zip(kinds, peaks, strict=True)
    ]


def _scaling() -> list[Row]:
    found = [_one(f"scaling:{count}") for count in COUNTS]
    times = [one["seconds"] for one in found]
    # What one epoch's tracing costs, all have.
    few, many = np.diff(times)
    exponent = np.log(many / few) / np.log(np.diff(COUNTS)[1] / 3000)
    grown = found[-1]["memory"] - found[0]["memory"]
    what = f"training over {COUNTS[0]} to {COUNTS[-1]} images"
    return [
        Row(f"{what}: exponent of the cost", "", float(exponent), "", 1.02),
        Row(f"{what}: memory for each image", "", grown / 15, "KiB"),
    ]


def _demo() -> list[Row]:
    """The whole main job, in a folder of its own, on all cores."""
    with tempfile.TemporaryDirectory() as folder:
        words = [*demo_words(ROOT), "--out", f"{folder}/demo"]
        spent, waited = command_seconds(ROOT, words, {})
    return [
        Row("`make demo` after set-up, processor", "", spent, "s", 200.0),
        Row("`make demo` after set-up, waited", "", waited, "s", 120.0),
    ]


def _one(theme: str) -> object:
    done = subprocess.run(
        [sys.executable, __file__, "--one", theme],
        capture_output=True,
        text=True,
        env={**os.environ, **ONE_THREAD},
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["killed"])[-1]
        sys.exit(f"{theme} failed: {last}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def page(rows: dict[str, Sequence[Row]], seconds: float) -> str:
    """Returns the Markdown page.

    Args:
        rows: Theme to what was found.
        seconds: That all of it took.
    """
    lines = [
        "# How fast it is",
        "",
        "Written by `benchmarks/speed.py` in "
        f"{seconds / 60:.0f} minutes on {processor()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[2]:.1f}; one thread but for the demo. Seconds "
        "are the processor's. A target in bold is missed.",
        "",
        "| what | beside | found | target |",
        "| --- | --- | ---: | ---: |",
        *(_line(row) for some in rows.values() for row in some),
    ]
    return "\n".join(lines) + "\n"


def processor() -> str:
    """Returns what the processor is called."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [
        line for line in told.splitlines() if line.startswith("model name")
    ]
    wide = "AVX-512" if "avx512f" in told else "no AVX-512"
    name = names[0].partition(":")[2].strip() if names else platform.machine()
    return f"{name} ({wide})"


def _line(row: Row) -> str:
    unit = f" {row.unit}" if row.unit else ""
    found = f"{row.told}{unit}"
    target = ""
    if row.target is not None:
        target = f"{'≥' if row.at_least else '≤'} {row.target:g}{unit}"
        target = target if row.is_met else f"**{target}**"
    return f"| {row.what} | {row.against} | {found} | {target} |"


if __name__ == "__main__":
    main()
