"""The numbers, with their controls."""

import platform
from importlib import metadata
from typing import Any

from tf_explainer._version import __version__
from tf_explainer.evaluation.measure import measure
from tf_explainer.evaluation.observation_file import save_observation
from tf_explainer.evaluation.observe import observe
from tf_explainer.steps.atomic_write import atomic_write
from tf_explainer.steps.job import Job

_VERSIONS = ("tensorflow", "keras", "numpy", "tensorflow-datasets")


def evaluate(job: Job) -> dict[str, Any]:
    """Writes `result.json`, and what the report is drawn from.

    Args:
        job: The run.

    Returns:
        The record for later steps, empty: all is in the files.
    """
    settings = job.settings
    with job.console.status("measuring"):
        observation = observe(
            job.explainer, job.dataset, settings.batch_size, settings.seed
        )
        numbers = measure(observation, settings.seed)
    with atomic_write(job.folder.observation) as beside:
        save_observation(observation, beside)
    result = {
        **numbers,
        "settings": settings.to_json(),
        "seed": settings.seed,
        "seconds": job.folder.seconds(),
        "versions": _versions(),
    }
    job.folder.write_json(job.folder.result, result)
    return {}


def _versions() -> dict[str, str]:
    return {
        "tf_explainer": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _VERSIONS},
    }
