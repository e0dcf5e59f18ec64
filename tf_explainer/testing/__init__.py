"""Contracts of performers, data sets, layers, filter losses and explainers.

They raise `AssertionError` with what failed and need no pytest, so that
outsiders can run them on classes of their own.
"""

from tf_explainer.testing.check_dataset import check_dataset
from tf_explainer.testing.check_explainer import check_explainer
from tf_explainer.testing.check_filter_loss import check_filter_loss
from tf_explainer.testing.check_layer import check_layer
from tf_explainer.testing.check_performer import check_performer
from tf_explainer.testing.toy_performer import toy_images, toy_performer

__all__ = [
    "check_dataset",
    "check_explainer",
    "check_filter_loss",
    "check_layer",
    "check_performer",
    "toy_images",
    "toy_performer",
]
