"""What moves while an explainer learns."""

from tf_explainer.callbacks.assign_categories import AssignCategories
from tf_explainer.callbacks.freeze_interpretable_track import (
    FreezeInterpretableTrack,
)
from tf_explainer.callbacks.stop_on_nan import StopOnNaN
from tf_explainer.callbacks.update_alpha import UpdateAlpha
from tf_explainer.callbacks.update_filter_loss_weight import (
    UpdateFilterLossWeight,
)
from tf_explainer.callbacks.with_needed import with_needed

__all__ = [
    "AssignCategories",
    "FreezeInterpretableTrack",
    "StopOnNaN",
    "UpdateAlpha",
    "UpdateFilterLossWeight",
    "with_needed",
]
