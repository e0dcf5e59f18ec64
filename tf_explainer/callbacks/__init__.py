"""What moves while an explainer learns."""

from tf_explainer.callbacks.backup import BestEpoch, EpochBackup
from tf_explainer.callbacks.explained_images import ExplainedImages
from tf_explainer.callbacks.freezing import (
    FreezeInterpretableTrack,
    augment_features,
    freeze_interpretable_track,
    silence_filters,
    stray_filters,
)
from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.callbacks.scheduled import StopOnNaN, schedule
from tf_explainer.callbacks.updates import (
    AssignCategories,
    UpdateAlpha,
    UpdateFilterLossWeight,
)

__all__ = [
    "AssignCategories",
    "BestEpoch",
    "EpochBackup",
    "ExplainedImages",
    "FreezeInterpretableTrack",
    "ProgressBar",
    "StopOnNaN",
    "UpdateAlpha",
    "UpdateFilterLossWeight",
    "augment_features",
    "freeze_interpretable_track",
    "schedule",
    "silence_filters",
    "stray_filters",
]
