"""What a person opens: one self-contained HTML page."""

from tf_explainer.report.findings import findings
from tf_explainer.report.pick_images import pick_images
from tf_explainer.report.write_report import write_report

__all__ = ["findings", "pick_images", "write_report"]
