"""What moves while an explainer learns."""

from tf_explainer.callbacks.backup import BestEpoch, EpochBackup
from tf_explainer.callbacks.freezing import FreezeInterpretableTrack
from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.callbacks.stopping import StopOnNaN, with_needed
from tf_explainer.callbacks.updates import (
    AssignCategories,
    UpdateAlpha,
    UpdateFilterLossWeight,
)

__all__ = [
    "AssignCategories",
    "BestEpoch",
    "EpochBackup",
    "FreezeInterpretableTrack",
    "ProgressBar",
    "StopOnNaN",
    "UpdateAlpha",
    "UpdateFilterLossWeight",
    "with_needed",
]
