"""Contracts of performers, data sets, layers, filter losses and explainers.

They raise `AssertionError` with what failed and need no pytest, so that
outsiders can run them on classes of their own.
"""

from tf_explainer.testing.layers import (
    check_dataset,
    check_filter_loss,
    check_layer,
)
from tf_explainer.testing.models import (
    check_explainer,
    check_performer,
    toy_images,
    toy_performer,
)

__all__ = [
    "check_dataset",
    "check_explainer",
    "check_filter_loss",
    "check_layer",
    "check_performer",
    "toy_images",
    "toy_performer",
]
