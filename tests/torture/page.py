"""The page that tells what was tried, and what held."""

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path

import tf_explainer
from tests.torture.promise import Outcome, Promise

_LIBRARIES = ("tensorflow", "keras", "numpy", "pillow", "h5py")
_HEAD = """# Promises, and how they were tried

Written by `make torture`, which is `python -m tests.torture`; no number here
comes from elsewhere. What failed stands below the table.

"""
_TABLE = """
| promise | how it was tried | cases | result |
| --- | --- | --- | --- |
"""

Row = tuple[Promise, Outcome, float]


_FAILED = "\n## What failed\n\n"


def write_page(path: Path, rows: list[Row], seed: int, seconds: float) -> None:
    """Writes `docs/trust.md`."""
    text = _HEAD + _facts(seed, seconds) + _TABLE
    text += "".join(_row(*row) for row in rows)
    if failures := _failures(rows):
        text += _FAILED + "".join(failures)
    path.write_text(text, encoding="utf-8")


def rewrite_rows(
    path: Path, rows: list[Row], seed: int, seconds: float
) -> None:
    """Puts what was tried again in the place of what it was before.

    What is new comes last.
    """
    text, _, old = path.read_text(encoding="utf-8").partition(_FAILED)
    lines, failures = text.splitlines(keepends=True), _failures(rows)
    again = [promise.name for promise, _, _ in rows]
    for row in rows:
        begins = f"| **{row[0].name}**:"
        places = [i for i, line in enumerate(lines) if line.startswith(begins)]
        for place in places:
            lines[place] = _row(*row)
        if not places:
            lines.append(_row(*row))
    now = datetime.datetime.now(datetime.UTC).date().isoformat()
    told = f"- tried again: {', '.join(again)}; seed {seed}, {now}, "
    place = max(i for i, line in enumerate(lines) if line.startswith("- "))
    lines.insert(place + 1, f"{told}{seconds / 60:.1f} minutes\n")
    kept = [
        line
        for line in old.splitlines(keepends=True)
        if not line.startswith(tuple(f"- {name}: " for name in again))
    ]
    text = "".join(lines)
    if kept or failures:
        text += _FAILED + "".join([*kept, *failures])
    path.write_text(text, encoding="utf-8")


def _failures(rows: list[Row]) -> list[str]:
    return [
        f"- {promise.name}: {_cell(failure)}\n"
        for promise, outcome, _ in rows
        for failure in outcome.told()
    ]


def _facts(seed: int, seconds: float) -> str:
    versions = [
        f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES
    ]
    facts = {
        "tf_explainer": tf_explainer.__version__,
        "with": f"Python {platform.python_version()}, {', '.join(versions)}",
        "on": f"{platform.system()} {platform.machine()}, {os.cpu_count()} "
        "cores, one thread a process",
        "seed": str(seed),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "time": f"{seconds / 60:.1f} minutes",
    }
    return "".join(f"- {name}: {text}\n" for name, text in facts.items())


def _row(promise: Promise, outcome: Outcome, seconds: float) -> str:
    if outcome.skipped:
        cases, result = "0", f"not tried: {outcome.skipped}"
    else:
        failed = len(outcome.failures)
        result = f"**{failed} failed**" if failed else "held"
        more = f"; {outcome.noted}" if outcome.noted else ""
        cases, result = f"{outcome.cases:,}", f"{result}{more}; {seconds:.0f} s"
    told = (
        f"**{promise.name}**: {promise.sentence}",
        *(promise.how, cases, result),
    )
    return f"| {' | '.join(map(_cell, told))} |\n"


def _cell(text: str) -> str:
    # `<` and `|` would be HTML and a new cell.
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
