"""The steps behind the performer's: explain, evaluate, report, export."""

import dataclasses
import functools
import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

import tensorflow as tf

from tf_explainer import __version__
from tf_explainer.config.settings import FILLED_LATER
from tf_explainer.evaluation.deciding import (
    part_contributions,
    pieces_of_scores,
    what_decides,
)
from tf_explainer.evaluation.full import full_measures
from tf_explainer.evaluation.metrics.skills import filter_skill
from tf_explainer.evaluation.observation import (
    Observation,
    load_observation,
    save_observation,
)
from tf_explainer.evaluation.observing import observe
from tf_explainer.evaluation.result import measure, validate_result
from tf_explainer.evaluation.trusting import trust
from tf_explainer.export.served import export_saved_model
from tf_explainer.report.page import pick_images, write_report
from tf_explainer.runs.job import Job, image_side
from tf_explainer.runs.learning import learned_explainer
from tf_explainer.runs.machine import (
    chosen_precision,
    machine_facts,
    slow_precision,
)
from tf_explainer.runs.terminal import count_bar
from tf_explainer.whole_files import atomic_write


def explain(job: Job) -> dict[str, Any]:
    """Writes `explainer.keras`.

    Args:
        job: The run.

    Returns:
        The record for later steps: `history` of losses and `p` by epoch, and
        the `schedule` that it followed.
    """
    precision = chosen_precision(job.settings)
    if slower := slow_precision(precision):
        job.console.print(f"    [yellow]{slower}[/]", highlight=False)
    explainer, schedule, history = learned_explainer(job)
    with atomic_write(job.folder.explainer) as beside:
        explainer.save(beside)
    return {
        "history": history,
        "schedule": dataclasses.asdict(schedule),
        "precision": precision,
    }


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
    with job.console.status("asking how far it can be relied on"):
        numbers["trust"] = _trust(job, numbers)
    if names := job.explainer.part_names:
        numbers["part_names"] = [*names]
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
    """Returns what Figure 5 tells, over all images and by class."""
    standing = filter_skill(*observation.located("interp_2")).stands_for
    pieces = pieces_of_scores(
        job.explainer, features.batch(job.settings.batch_size)
    )
    found = part_contributions(
        pieces,
        job.dataset.negative_category,
        standing,
        observation.landmark_names,
    )
    decides = what_decides(pieces, job.explainer.class_names)
    told = {"contributions": found, "decides": decides}
    return {name: section for name, section in told.items() if section}


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


def _trust(job: Job, numbers: dict[str, Any]) -> dict[str, Any]:
    settings, test = job.settings, job.dataset.splits["test"]
    return trust(
        job.explainer, test, numbers, settings.batch_size, settings.seed
    )


def _filled_in(job: Job) -> dict[str, Any]:
    """Returns the settings that the run chose for the user."""
    explainer, cut = job.explainer, job.explainer.attachment.cut
    performer, learned = map(job.folder.record, ("performer", "explain"))
    epochs = {
        step: _epochs(job.folder.recorded(step, "history"))
        for step in ("performer", "explain")
    }
    made = explainer.settings.as_dict()
    schedule = job.folder.recorded("explain", "schedule")
    filled = {**schedule, **made}
    return {
        **{name: filled[name] for name in sorted(FILLED_LATER)},
        # One that was trained here is not read in any other way.
        "classes": performer.get("classes", []),
        "scale": performer.get("scale"),
        "precision": learned.get("precision", job.settings.precision),
        "image_size": image_side(job.performer),
        "target_layer": cut.target_layer,
        "replaced_layer": cut.replaced_layer,
        "reconstructed_layers": list(cut.reconstructed_layers),
        "performer_epochs": epochs["performer"],
        "epochs": epochs["explain"],
        "explainer": made,
        "schedule": schedule,
    }


def _epochs(history: Mapping[str, Any]) -> int | None:
    return max(map(len, history.values()), default=0) or None


def _machines(job: Job) -> dict[str, Any]:
    before = ("performer", "explain")
    done = [step for step in before if job.folder.is_done(step)]
    told = {step: job.folder.recorded(step, "machine") for step in done}
    return {**told, "evaluate": machine_facts()}


def _versions() -> dict[str, str]:
    return {
        "tf_explainer": __version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _VERSIONS},
    }


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
                folder.read_result(),
                load_observation(folder.observation),
                folder.recorded("explain", "history"),
                functools.partial(pick_images, job.dataset.splits["test"]),
                job.explainer,
            )
    return {}


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
