"""What a machine opens."""

from tf_explainer.export.served import export_saved_model

__all__ = ["export_saved_model"]
