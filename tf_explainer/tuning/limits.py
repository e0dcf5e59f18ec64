"""What a trial may cost, and the price of more."""

import dataclasses
import math

from tf_explainer.errors import InputError

PER_POINT = 0.1


@dataclasses.dataclass(frozen=True)
class Limits:
    """Bounds on Δ error and `p`, and what it costs to break them.

    Skill alone can be had for nothing: with a useless decoder, or with an
    interpretable track that nothing passes through.

    Args:
        delta_error: Accuracy that may be lost, percentage points.
        p: Least share of the interpretable track, in [0, 1].

    Raises:
        InputError: If a bound is no number or `p` out of range.
    """

    delta_error: float = 1.0
    p: float = 0.9

    def __post_init__(self) -> None:
        if not math.isfinite(self.delta_error):
            raise InputError(
                f"`delta_error` must be a number, received {self.delta_error}."
            )
        if not 0 <= self.p <= 1:
            raise InputError(f"`p` must lie in [0, 1], received {self.p}.")

    def penalty(self, delta_error: float, p: float) -> float:
        """Returns what is taken from the objective, 0 within the limits.

        Each point of Δ error beyond its limit costs 0.1, as does each tenth
        of `p` that is missing: a slope and not a wall, so that a search finds
        its way back.

        Args:
            delta_error: Accuracy lost, percentage points.
            p: Share of the interpretable track, in [0, 1].
        """
        above = max(delta_error - self.delta_error, 0.0)
        return PER_POINT * above + max(self.p - p, 0.0)

    def kept(self, delta_error: float, p: float) -> bool:
        """Whether a trial keeps both limits.

        Args:
            delta_error: Accuracy lost, percentage points.
            p: Share of the interpretable track, in [0, 1].
        """
        return self.penalty(delta_error, p) == 0
