"""How the scripts of speed measure: in turns, medians, processor seconds."""

import resource
import statistics
import time
from collections.abc import Callable, Mapping
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


def peak_memory() -> float:
    """Returns the largest resident size of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
