"""The page for a person."""

import functools
import json
from typing import Any

from tf_explainer.atomic_write import atomic_write
from tf_explainer.evaluation.observation_file import load_observation
from tf_explainer.report.pick_images import pick_images
from tf_explainer.report.write_report import write_report
from tf_explainer.steps.job import Job


def report(job: Job) -> dict[str, Any]:
    """Writes `report.html`.

    Args:
        job: The run.

    Returns:
        The record for later steps, empty.
    """
    folder = job.folder
    with job.console.status("drawing the pictures"):
        with atomic_write(folder.report) as beside:
            write_report(
                beside,
                json.loads(folder.result.read_text(encoding="utf-8")),
                load_observation(folder.observation),
                folder.record("explain")["history"],
                functools.partial(pick_images, job.dataset.splits["test"]),
            )
    return {}
