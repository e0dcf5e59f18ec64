"""What the explainer learns from."""

from tf_explainer.losses.filter_loss import FilterLoss
from tf_explainer.losses.filter_losses import (
    FILTER_LOSSES,
    FilterContext,
    reads_views,
)
from tf_explainer.losses.mutual_information import mutual_information_loss
from tf_explainer.losses.terms import (
    classification_loss,
    reconstruction_loss,
    squared_error,
    squared_norm,
    track_share_loss,
)

__all__ = [
    "FILTER_LOSSES",
    "FilterContext",
    "FilterLoss",
    "classification_loss",
    "mutual_information_loss",
    "reads_views",
    "reconstruction_loss",
    "squared_error",
    "squared_norm",
    "track_share_loss",
]
