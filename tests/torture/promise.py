"""A promise, and what trying it found."""

import dataclasses
import importlib
import importlib.util
import random
import time
from collections.abc import Callable, Iterator

# In the order of the page.
THEMES = (
    "kills",
    "more_kills",
    "batch_kills",
    "disk",
    "fuzz",
    "bombs",
    "bounds",
    "damage",
    "numbers",
    "old_files",
    "soak",
)
_TOLD = 15
PROMISES: dict[str, "Promise"] = {}


@dataclasses.dataclass
class Outcome:
    """What trying a promise found.

    Args:
        cases: How many were tried.
        failures: What did not hold, a line each.
        skipped: Why nothing was tried; empty if something was.
        noted: A number that was measured, in words.
    """

    cases: int = 0
    failures: list[str] = dataclasses.field(default_factory=list)
    skipped: str = ""
    noted: str = ""

    def check(self, holds: bool, failure: str) -> None:
        """Counts nothing, and writes down what does not hold."""
        if not holds:
            self.failures.append(" ".join(failure.split())[:300])

    def told(self) -> list[str]:
        """Returns the first failures, and how many more there are."""
        more = len(self.failures) - _TOLD
        last = [f"and {more} more"] if more > 0 else []
        return self.failures[:_TOLD] + last


class Budget:
    """How long a promise may be tried.

    Args:
        seconds: Until it is over; cases under way are ended.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self.seconds = seconds

    def left(self) -> float:
        """Returns seconds, below 0 when it is over."""
        return self._ends - time.monotonic()

    def cases(self, least: int, most: int) -> Iterator[int]:
        """Yields numbers of cases until it is over.

        Args:
            least: So many in any case.
            most: No more than these.
        """
        for index in range(most):
            if index >= least and self.left() <= 0:
                return
            yield index


Try = Callable[[Budget, random.Random], Outcome]


@dataclasses.dataclass(frozen=True)
class Promise:
    """Something that the package promises, and how to try it.

    Args:
        name: In one word or two.
        sentence: The promise.
        how: How it is tried.
        share: Of the time, against those of the others.
        quick: Whether its shortest form takes seconds.
        try_: Tries it.
    """

    name: str
    sentence: str
    how: str
    share: float
    quick: bool
    try_: Try


# Extra → a module that comes with it.
_OF_EXTRA = {"serve": "kserve", "batch": "apache_beam"}


def promise(
    name: str,
    sentence: str,
    how: str,
    share: float,
    quick: bool = False,
    extra: str = "",
) -> Callable[[Try], Try]:
    """Returns a decorator that registers how a promise is tried.

    Without the `extra` it needs, if any, it is skipped.
    """

    def register(try_: Try) -> Try:
        def tried(budget: Budget, draw: random.Random) -> Outcome:
            if extra and importlib.util.find_spec(_OF_EXTRA[extra]) is None:
                return Outcome(skipped=f"needs the extra [{extra}]")
            return try_(budget, draw)

        PROMISES[name] = Promise(name, sentence, how, share, quick, tried)
        return try_

    return register


def all_promises() -> dict[str, Promise]:
    """Returns all of them, in the order of their themes."""
    for theme in THEMES:
        importlib.import_module(f"tests.torture.{theme}")
    return PROMISES
