"""Training on several devices and machines."""

from tf_explainer.distribution.batches import (
    check_batch_sizes,
    padded_batches,
    replica_batches,
)
from tf_explainer.distribution.workers import (
    across_workers,
    check_alike,
    is_chief,
    of_the_chief,
    take_from_chief,
)

__all__ = [
    "across_workers",
    "check_alike",
    "check_batch_sizes",
    "is_chief",
    "of_the_chief",
    "padded_batches",
    "replica_batches",
    "take_from_chief",
]
