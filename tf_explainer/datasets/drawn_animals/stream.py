"""Random numbers that depend on a seed and a purpose, and nothing else."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Entry = TypeVar("Entry")
# New purposes go to the end: those before keep their numbers.
_PURPOSES = ("pose", "build", "place", "backdrop", "coat", "light", "occluder")
_NUMBERS = 128


class Stream:
    """Random numbers for one purpose, equal on every machine.

    Each purpose has a fixed supply of its own, so that one more number used
    for one purpose shifts no other.

    Args:
        numbers: The supply, from [0, 1).
    """

    def __init__(self, numbers: list[float]) -> None:
        self._numbers = iter(numbers)

    @classmethod
    def for_each_purpose(cls, seed: int) -> dict[str, "Stream"]:
        """Returns a stream for each purpose in drawing one animal.

        Args:
            seed: The drawing's number, >= 0.
        """
        generator = np.random.Generator(np.random.PCG64(seed))
        supplies = generator.random((len(_PURPOSES), _NUMBERS)).tolist()
        pairs = zip(_PURPOSES, supplies, strict=True)
        return {purpose: cls(supply) for purpose, supply in pairs}

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Returns a number from [low, high)."""
        return low + (high - low) * next(self._numbers)

    def chance(self, probability: float) -> bool:
        """Returns True with a probability from [0, 1]."""
        return next(self._numbers) < probability

    def choice(self, entries: Sequence[Entry]) -> Entry:
        """Returns one of the entries, all equally likely."""
        return entries[int(next(self._numbers) * len(entries))]
