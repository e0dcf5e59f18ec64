"""The numbers, with their controls."""

import platform
from importlib import metadata
from typing import Any

from tf_explainer._version import __version__
from tf_explainer.evaluation.evaluate import evaluate as measure
from tf_explainer.steps.job import Job

_VERSIONS = ("tensorflow", "keras", "numpy", "tensorflow-datasets")


def evaluate(job: Job) -> dict[str, Any]:
    """Writes `result.json`.

    Args:
        job: The run.

    Returns:
        The record for later steps, empty: all is in the file.
    """
    settings = job.settings
    with job.console.status("measuring"):
        numbers = measure(
            job.explainer, job.dataset, settings.batch_size, settings.seed
        )
    result = {
        **numbers,
        "settings": settings.to_json(),
        "seed": settings.seed,
        "seconds": job.folder.seconds(),
        "versions": _versions(),
        "history": {
            step: job.folder.record(step).get("history", {})
            for step in ("performer", "explain")
        },
    }
    job.folder.write_json(job.folder.result, result)
    return {}


def _versions() -> dict[str, str]:
    return {
        "tf_explainer": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _VERSIONS},
    }
