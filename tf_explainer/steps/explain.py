"""The main step: an explainer is trained on the frozen performer."""

import dataclasses
from typing import Any

from tf_explainer.atomic_write import atomic_write
from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.explainer import Explainer
from tf_explainer.steps.job import Job
from tf_explainer.training.schedule import Schedule
from tf_explainer.training.train_explainer import train_explainer


def explain(job: Job) -> dict[str, Any]:
    """Writes `explainer.keras`.

    Args:
        job: The run.

    Returns:
        The record for later steps: `history` of losses and `p` by epoch, and
        the `schedule` that it followed.
    """
    settings = job.settings
    explainer = _attach(job)
    with ProgressBar("explainer", job.console) as bar:
        history = train_explainer(
            explainer,
            job.dataset,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            seed=settings.seed,
            filter_weight=settings.filter_weight,
            backup_dir=job.folder.backup("explain"),
            callbacks=[bar],
        )
    with atomic_write(job.folder.explainer) as beside:
        explainer.save(beside)
    schedule = Schedule.of(settings.epochs, settings.filter_weight)
    return {"history": history, "schedule": dataclasses.asdict(schedule)}


def _attach(job: Job) -> Explainer:
    settings, dataset = job.settings, job.dataset
    chosen: dict[str, Any] = (
        {} if settings.eta is None else {"eta": settings.eta}
    )
    if dataset.task == "single":
        chosen["negative_category"] = len(dataset.categories) - 1
    return Explainer.from_performer(
        job.performer,
        target_layer=settings.target_layer,
        replaced_layer=settings.replaced_layer,
        reconstructed_layers=settings.reconstructed_layers or None,
        filter_loss=settings.filter_loss,
        **chosen,
    )
