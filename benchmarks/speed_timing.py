"""How the scripts of speed measure: in turns, medians, processor seconds."""

import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One number of the page.

    Attributes:
        what: What was measured.
        against: What it is measured against; empty for a plain number.
        value: The number.
        unit: `×` for a ratio, else its unit.
        target: What it should be at most; `None` where nothing is asked.
        at_least: Whether the target is a least value instead.
    """

    what: str
    against: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the target is met by what is told, or there is none."""
        if self.target is None:
            return True
        told = float(self.told)
        return told >= self.target if self.at_least else told <= self.target

    @property
    def told(self) -> str:
        """The number as the page has it."""
        return f"{self.value:.3g}"


def seconds_of(
    calls: Mapping[str, Callable[[], object]], rounds: int = 9
) -> dict[str, float]:
    """Returns processor seconds of each call, the median of several rounds.

    The calls take turns, so that what else the machine does hits all alike.

    Args:
        calls: Name to what is measured.
        rounds: How often each is called, after a call that does not count.
    """
    for call in calls.values():
        call()
    spent: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            begun = time.process_time()
            call()
            spent[name].append(time.process_time() - begun)
    return {name: statistics.median(times) for name, times in spent.items()}


def command_seconds(
    checkout: Path, words: Sequence[str], environment: Mapping[str, str]
) -> tuple[float, float]:
    """Does one command of a checkout.

    Args:
        checkout: Its folder.
        words: Of the command.
        environment: Beside what is there.

    Returns:
        Seconds of all processors together, and on the clock.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "tf_explainer", *words],
        check=True,
        capture_output=True,
        cwd=checkout,
        env={**os.environ, **environment, "PYTHONPATH": str(checkout)},
    )
    waited = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, waited


def demo_words(checkout: Path) -> list[str]:
    """Returns what `make demo` asks for, as the Makefile says.

    Args:
        checkout: Its folder.
    """
    text = (checkout / "Makefile").read_text(encoding="utf-8")
    (words,) = re.findall(r"tf-explainer (run .*?)--out \$\(DEMO\)", text)
    return words.split()


def peak_memory() -> float:
    """Returns the largest resident size of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
