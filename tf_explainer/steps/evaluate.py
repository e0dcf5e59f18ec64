"""The numbers, with their controls."""

import platform
from importlib import metadata
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer._version import __version__
from tf_explainer.atomic_write import atomic_write
from tf_explainer.evaluation.filter_skill import filter_skill
from tf_explainer.evaluation.full_measures import full_measures
from tf_explainer.evaluation.measure import measure
from tf_explainer.evaluation.observation import Observation
from tf_explainer.evaluation.observation_file import save_observation
from tf_explainer.evaluation.observe import observe
from tf_explainer.evaluation.part_contributions import part_contributions
from tf_explainer.evaluation.result_schema import validate_result
from tf_explainer.evaluation.top_category import top_category
from tf_explainer.steps.count_bar import count_bar
from tf_explainer.steps.job import Job, image_side
from tf_explainer.steps.machine import machine_facts

_VERSIONS = ("tensorflow", "keras", "numpy", "tensorflow-datasets")


def evaluate(job: Job) -> dict[str, Any]:
    """Writes `result.json`, and what the report is drawn from.

    Args:
        job: The run.

    Returns:
        The record for later steps, empty: all is in the files.
    """
    settings, dataset = job.settings, job.dataset
    total = sum(len(split) for split in dataset.splits.values())
    features = {name: _features(job, name) for name in dataset.splits}
    with count_bar("looking", total, job.console) as done:
        observation = observe(
            job.explainer,
            dataset,
            settings.batch_size,
            settings.seed,
            done,
            features,
        )
    with job.console.status("measuring"):
        numbers = measure(observation, settings.seed)
        numbers |= _contributions(job, observation, features["test"])
    if settings.full:
        numbers |= _full(job, observation)
    result = {
        **numbers,
        "settings": {**settings.to_json(), **_filled_in(job)},
        "seed": settings.seed,
        "seconds": job.folder.seconds(),
        "versions": _versions(),
        "machines": _machines(job),
    }
    validate_result(result)
    with atomic_write(job.folder.observation) as beside:
        save_observation(observation, beside)
    job.folder.write_json(job.folder.result, result)
    return {}


def _features(job: Job, split: str) -> tf.data.Dataset:
    images = len(job.dataset.splits[split])
    with count_bar("features", images, job.console) as done:
        told = 0

        def tell(count: int, total: int | None) -> None:
            nonlocal told
            done(count - told)
            told = count

        return job.features(job.explainer, split, tell)


def _contributions(
    job: Job, observation: Observation, features: tf.data.Dataset
) -> dict[str, Any]:
    """Returns what Figure 5 tells, if there is an image to tell it of."""
    decided = top_category(observation.performer_scores)
    background = job.dataset.negative_category
    standing = filter_skill(*observation.located("interp_2")).stands_for
    found = part_contributions(
        job.explainer,
        features.batch(job.settings.batch_size),
        np.ones(len(decided), bool)
        if background is None
        else decided != background,
        standing,
        observation.landmark_names,
    )
    return {"contributions": found} if found else {}


def _full(job: Job, observation: Observation) -> dict[str, Any]:
    settings = job.settings
    total = sum(len(split) for split in job.dataset.splits.values())
    with count_bar("looking at jittered crops", total, job.console) as done:
        return full_measures(
            job.explainer,
            job.dataset,
            observation,
            settings.batch_size,
            settings.seed,
            done,
        )


def _filled_in(job: Job) -> dict[str, Any]:
    """Returns the settings that the run chose for the user."""
    explainer, cut = job.explainer, job.explainer.attachment.cut
    records = {
        step: job.folder.record(step) for step in ("performer", "explain")
    }
    epochs = {
        step: len(record["history"].get("loss", [])) or None
        for step, record in records.items()
    }
    return {
        # One that was trained here is not read in any other way.
        "classes": records["performer"].get("classes", []),
        "scale": records["performer"].get("scale"),
        "image_size": image_side(job.performer),
        "target_layer": cut.target_layer,
        "replaced_layer": cut.replaced_layer,
        "reconstructed_layers": list(cut.reconstructed_layers),
        "performer_epochs": epochs["performer"],
        "epochs": epochs["explain"],
        "eta": explainer.eta,
        "explainer": explainer.settings.as_dict(),
        "schedule": records["explain"].get("schedule"),
    }


def _machines(job: Job) -> dict[str, Any]:
    before = ("performer", "explain")
    done = [step for step in before if job.folder.is_done(step)]
    known = {step: job.folder.record(step).get("machine") for step in done}
    # A folder of an earlier version does not say.
    told = {step: facts for step, facts in known.items() if facts}
    return {**told, "evaluate": machine_facts()}


def _versions() -> dict[str, str]:
    return {
        "tf_explainer": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _VERSIONS},
    }
