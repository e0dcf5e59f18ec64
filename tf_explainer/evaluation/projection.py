"""Filters that are directions of the target feature."""

import dataclasses
from typing import Any

import numpy as np
from keras import ops


@dataclasses.dataclass(frozen=True, eq=False)
class Projection:
    """1 × 1 filters with a ReLU on the performer's target feature.

    Args:
        mean: float32 `(channels,)`, taken off before.
        directions: float32 `(channels, filters)`.
    """

    mean: np.ndarray
    directions: np.ndarray

    def maps(self, target: Any) -> Any:
        """Returns the maps of the filters.

        Args:
            target: Target feature `(batch, H, W, channels)`.

        Returns:
            float32 `(batch, H, W, filters)`, 0 or above.
        """
        centered = ops.cast(target, "float32") - self.mean
        return ops.relu(ops.matmul(centered, self.directions))
