"""Means over images, and how far they would move with other images."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tf_explainer.evaluation.bootstrap_interval import bootstrap_interval


def means_with_intervals(
    values: Mapping[str, np.ndarray], seed: int = 0
) -> dict[str, Any]:
    """Returns the mean and the 95 % bootstrap interval of each number.

    Args:
        values: Name to float `(images,)`.
        seed: Seed of the draws.

    Returns:
        Name to mean, and `<name>_interval` to low and high end where there
        are two images or more. A number that is not known in every image, or
        of which there is no image, is left out.
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        if not len(value) or not np.isfinite(value).all():
            continue
        found[name] = float(np.mean(value))
        if len(value) > 1:
            found[f"{name}_interval"] = list(bootstrap_interval(value, seed))
    return found
