"""Random numbers that depend on a seed and a purpose, and nothing else."""

import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Entry = TypeVar("Entry")
_BLOCK = 64


class Stream:
    """A stream of random numbers, equal on every machine.

    Each purpose (pose, coat, background …) has a stream of its own, so that
    one more number drawn for one purpose shifts no other.

    Args:
        seed: The drawing's number, >= 0.
        name: The purpose.
    """

    def __init__(self, seed: int, name: str) -> None:
        entropy = [seed, zlib.crc32(name.encode())]
        bits = np.random.PCG64(np.random.SeedSequence(entropy))
        self._generator = np.random.Generator(bits)
        self._drawn: list[float] = []

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Returns a number from [low, high)."""
        if not self._drawn:
            self._drawn = self._generator.random(_BLOCK).tolist()
        return low + (high - low) * self._drawn.pop()

    def chance(self, probability: float) -> bool:
        """Returns True with a probability from [0, 1]."""
        return self.uniform() < probability

    def choice(self, entries: Sequence[Entry]) -> Entry:
        """Returns one of the entries, all equally likely."""
        return entries[int(self.uniform() * len(entries))]

    def array(self, *shape: int) -> np.ndarray:
        """Returns float32 numbers from [0, 1) in an array of this shape."""
        return self._generator.random(shape).astype("float32")
