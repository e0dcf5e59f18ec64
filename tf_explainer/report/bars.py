"""Bars that add up to a score, as a page draws them."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Bar(NamedTuple):
    """One bar of a list, in percent of the list's width.

    Attributes:
        value: What it stands for.
        left: Where it begins.
        width: How long it is.
    """

    value: float
    left: float
    width: float

    @property
    def against(self) -> bool:
        """Whether it speaks against the class."""
        return self.value < 0


@dataclasses.dataclass(frozen=True)
class Scale:
    """From values to places in a list of bars that has a zero line.

    Args:
        low: The lowest value, at most 0.
        high: The highest, at least 0.
    """

    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Scale":
        """Returns the scale that some values fill.

        Args:
            values: One or more.
        """
        known = [0.0, *values]
        return cls(min(known), max(known))

    @property
    def zero(self) -> float:
        """Percent, where 0 lies."""
        return self._place(0)

    @property
    def unit(self) -> float:
        """Percent that a value of 1 is long."""
        return 100 / (self.high - self.low or 1.0)

    def bar(self, value: float) -> Bar:
        """Returns the bar of a value.

        Args:
            value: Within the scale.
        """
        start, end = sorted((self._place(value), self.zero))
        return Bar(value, round(start, 2), round(end - start, 2))

    def _place(self, value: float) -> float:
        return round(self.unit * (value - self.low), 2)


def listed(words: Sequence[str]) -> str:
    """Returns words as in a sentence: `a`, `a and b`, `a, b and c`.

    Args:
        words: None or more.
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
