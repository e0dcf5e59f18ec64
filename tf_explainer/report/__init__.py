"""What a person opens: self-contained HTML pages."""

from tf_explainer.report.explanation_page import (
    explanation_html,
    write_explanations,
)
from tf_explainer.report.page import pick_images, write_report
from tf_explainer.report.plain_words import findings

__all__ = [
    "explanation_html",
    "findings",
    "pick_images",
    "write_explanations",
    "write_report",
]
