"""The page for a person."""

import json
from typing import Any

from tf_explainer.report.write_report import write_report
from tf_explainer.steps.atomic_write import atomic_write
from tf_explainer.steps.job import Job


def report(job: Job) -> dict[str, Any]:
    """Writes `report.html`.

    Args:
        job: The run.

    Returns:
        The record for later steps, empty.
    """
    result = json.loads(job.folder.result.read_text(encoding="utf-8"))
    with job.console.status("drawing the pictures"):
        with atomic_write(job.folder.report) as beside:
            write_report(beside, result, job.explainer, job.dataset)
    return {}
