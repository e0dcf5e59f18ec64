"""What a person opens: one self-contained HTML page."""

from tf_explainer.report.page import pick_images, write_report
from tf_explainer.report.plain_words import findings

__all__ = ["findings", "pick_images", "write_report"]
