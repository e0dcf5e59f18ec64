"""The main step: an explainer is trained on the frozen performer."""

import dataclasses
from typing import Any

from tf_explainer.atomic_write import atomic_write
from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.settings import ExplainerSettings
from tf_explainer.steps.job import Job
from tf_explainer.steps.settings import Settings
from tf_explainer.steps.slow_precision import slow_precision
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
    if slower := slow_precision(settings.precision):
        job.console.print(f"    [yellow]{slower}[/]", highlight=False)
    explainer, schedule = _attach(job), _schedule(job)
    with ProgressBar("explainer", job.console) as bar:
        history = train_explainer(
            explainer,
            job.dataset,
            features=job.features(
                explainer, "train", bar.on_features, moved=True
            ),
            batch_size=settings.batch_size,
            seed=settings.seed,
            schedule=schedule,
            backup_dir=job.folder.backup("explain"),
            callbacks=[bar],
            # The performer step has done it.
            compare=False,
        )
    with atomic_write(job.folder.explainer) as beside:
        explainer.save(beside)
    return {"history": history, "schedule": dataclasses.asdict(schedule)}


def _schedule(job: Job) -> Schedule:
    """The numbers of the training; `None` where the user said nothing."""
    images = len(job.dataset.splits["train"])
    given = _options_of(Schedule, job.settings)
    return Schedule.for_images(images, job.settings.batch_size, **given)


def _attach(job: Job) -> Explainer:
    settings, dataset = job.settings, job.dataset
    options = _options_of(ExplainerSettings, settings)
    chosen = {k: v for k, v in options.items() if v is not None}
    return Explainer.from_performer(
        job.performer,
        target_layer=settings.target_layer,
        replaced_layer=settings.replaced_layer,
        reconstructed_layers=settings.reconstructed_layers or None,
        dtype=settings.precision,
        negative_category=dataset.negative_category,
        **chosen,
    )


def _options_of(kind: Any, settings: Settings) -> dict[str, Any]:
    """The options that are fields of `kind`, too."""
    names = [field.name for field in dataclasses.fields(kind)]
    return {k: getattr(settings, k) for k in names if hasattr(settings, k)}
