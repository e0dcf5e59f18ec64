"""What a machine opens."""

from tf_explainer.export.cards import model_card
from tf_explainer.export.formats import FORMATS, Exported, export_model
from tf_explainer.export.served import export_saved_model

__all__ = [
    "Exported",
    "FORMATS",
    "export_model",
    "export_saved_model",
    "model_card",
]
