"""What can be told of some numbers."""

import math
from collections.abc import Mapping


def known_numbers(numbers: Mapping[str, float]) -> dict[str, float]:
    """Returns the finite ones; what cannot be computed is left out.

    Args:
        numbers: Name to value, NaN or infinite where there is none.
    """
    return {
        name: value for name, value in numbers.items() if math.isfinite(value)
    }
