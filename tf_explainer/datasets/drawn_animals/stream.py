"""Random numbers and textures that depend on a seed and a purpose alone."""

import functools
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


# Pixels of the tile; it repeats without a seam.
TILE = 256


@functools.cache
def noise_tile(cells: int, stretch: int = 1, octaves: int = 3) -> np.ndarray:
    """Returns a tile of smooth noise.

    Args:
        cells: Humps along the tile's height, a divisor of 256.
        stretch: How much longer a hump is than it is high, a power of 2.
        octaves: Finer layers, each half as strong as the one before.

    Returns:
        Float32 `(256, 256)`, read only, values within [0, 1] that fill the
        range evenly: the share of pixels below a value equals the value.
    """
    total = np.zeros((TILE, TILE), "float32")
    for octave in range(octaves):
        rows = min(cells << octave, TILE)
        columns = max(1, min((cells << octave) // stretch, TILE))
        bits = np.random.PCG64(1000 * cells + 10 * stretch + octave)
        lattice = np.random.Generator(bits).random((rows, columns))
        total += _spread(lattice.astype("float32")) / np.float32(2**octave)
    order = np.argsort(total.ravel(), kind="stable")
    even = np.empty(TILE * TILE, "float32")
    even[order] = np.arange(TILE * TILE, dtype="float32") / (TILE * TILE)
    tile = even.reshape(TILE, TILE)
    tile.flags.writeable = False
    return tile


def _spread(lattice: np.ndarray) -> np.ndarray:
    return _spread_rows(_spread_rows(lattice).T).T


def _spread_rows(lattice: np.ndarray) -> np.ndarray:
    cells = len(lattice)
    place = np.arange(TILE, dtype="float32") * np.float32(cells / TILE)
    cell = place.astype("int64")
    share = (place - cell)[:, None]
    share = share * share * (3 - 2 * share)
    low, high = lattice[cell % cells], lattice[(cell + 1) % cells]
    return low + share * (high - low)
