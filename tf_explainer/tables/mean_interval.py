"""Mean and interval over seeds."""

import math
from collections.abc import Sequence


def mean_interval(values: Sequence[float]) -> tuple[float, float | None]:
    """Returns the mean and half of its 95 % interval.

    The interval is Student's; it speaks of other seeds, and fewer than two
    values have none.

    Args:
        values: One or more numbers.
    """
    mean = sum(values) / len(values)
    if len(values) < 2:
        return mean, None
    # SciPy takes a second to import.
    from scipy import stats

    variance = sum((v - mean) ** 2 for v in values) / (len(values) - 1)
    factor = float(stats.t.ppf(0.975, len(values) - 1))
    return mean, factor * math.sqrt(variance / len(values))
