"""The model for a server."""

from typing import Any

from tf_explainer.atomic_write import atomic_write
from tf_explainer.export.saved_model import export_saved_model
from tf_explainer.steps.job import Job


def export(job: Job) -> dict[str, Any]:
    """Writes `saved_model/1/`.

    Args:
        job: The run.

    Returns:
        The record for later steps, empty.
    """
    with job.console.status("writing the SavedModel"):
        with atomic_write(job.folder.saved_model) as beside:
            # A server must see photographs as the training did.
            turns = job.settings.apply_orientation
            export_saved_model(job.explainer, beside, turns)
    return {}
