"""One sentence of the headline, and whether it is good news."""

import dataclasses
from typing import Literal

Kind = Literal["good", "note", "bad"]


@dataclasses.dataclass(frozen=True)
class Finding:
    """One sentence or two of the headline.

    Args:
        kind: `good`, `bad`, or `note` for what is neither.
        text: Plain text.
        decides: Whether the verdict hangs on it.
    """

    kind: Kind
    text: str
    decides: bool = False


def kind_of(value: float, good: float, bad: float) -> Kind:
    """Returns what a number is, which may be good above or below.

    Args:
        value: The number.
        good: It is good up to here.
        bad: It is bad beyond.
    """
    sign = 1 if good > bad else -1
    if sign * value >= sign * good:
        return "good"
    return "note" if sign * value >= sign * bad else "bad"


def worst(*kinds: Kind) -> Kind:
    """Returns the worst of some kinds.

    Args:
        *kinds: One or more.
    """
    return max(kinds, key=("good", "note", "bad").index)
