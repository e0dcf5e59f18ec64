"""Damaged files of all kinds: refused in a line, or read."""

import json
import os
import random
import select
import subprocess
import sys
from collections.abc import Iterator

from tests.torture.model_readers import ALL
from tests.torture.processes import ONE_THREAD
from tests.torture.promise import Budget, Outcome, promise

_START = 60.0
# In a case: what hangs in C does not hear its own alarm.
_SILENT = 15.0
_SHOWN = 12


def _how(name: str) -> str:
    return (
        f"{name}: bytes flipped, cut, doubled, spliced, numbers and depths "
        "beyond all bounds, no UTF-8; only `InputError` may come out, within 5 "
        "s and 2 GiB."
    )


def _fuzzed(name: str, budget: Budget, draw: random.Random) -> Outcome:
    """Runs the reader in a process, and anew if the process is gone."""
    outcome, seed, first = Outcome(), draw.randrange(10**9), 0
    wanted = ALL[name].cases if budget.seconds > 5 else 60
    if name == "SavedModel" and wanted == 60:
        wanted = 6
    seen: dict[str, int] = {}
    while first < wanted and (first == 0 or budget.left() > 0):
        last, end = first, "it never began"
        for told in _told(name, seed, first, wanted, max(budget.left(), 5)):
            last = told.get("case", last)
            end = told.get("ended", "")
            if fault := told.get("fault"):
                kind = fault[:60]
                seen[kind] = seen.get(kind, 0) + 1
                if seen[kind] == 1 and len(seen) <= _SHOWN:
                    outcome.check(False, f"{name}, case {last}: {fault}")
            if told.get("end"):
                outcome.cases = last + 1
                return outcome
        outcome.check(False, f"{name}, case {last}: {end}")
        first = last + 1
        outcome.cases = first
        if len(outcome.failures) > 20:
            break
    return outcome


def _told(
    name: str, seed: int, first: int, wanted: int, seconds: float
) -> Iterator[dict]:
    words = [name, seed, first, wanted, seconds]
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.torture.fuzz_worker"),
            *map(str, words),
        ],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **ONE_THREAD},
    )
    with worker:
        try:
            yield from _lines_of(worker)
        finally:
            # Who has heard enough does not hear the end.
            worker.kill()


def _lines_of(worker: subprocess.Popen) -> Iterator[dict]:
    assert worker.stdout is not None
    descriptor, rest, patience = worker.stdout.fileno(), b"", _START
    while True:
        ready, _, _ = select.select([descriptor], [], [], patience)
        if not ready:
            yield {"ended": f"nothing came for {patience:.0f} s"}
            return
        new = os.read(descriptor, 65536)
        if not new:
            break
        *lines, rest = (rest + new).split(b"\n")
        patience = _SILENT
        yield from map(json.loads, lines)
    if status := worker.wait():
        yield {"ended": f"the process ended with {status}"}


def _register() -> None:
    whole = sum(reader.cases for reader in ALL.values())
    assert whole >= 20_000, whole
    for name in ALL:

        def try_(
            budget: Budget, draw: random.Random, name: str = name
        ) -> Outcome:
            return _fuzzed(name, budget, draw)

        slow = name in ("SavedModel", "Keras .keras", "Keras .h5")
        promise(
            f"fuzz {name}",
            "What is damaged is refused in one line, or read.",
            _how(name),
            share=0.5 if slow else 0.3,
            quick=not slow,
        )(try_)


_register()
