"""How a run's explainer is made and learns, on one machine or on many."""

from typing import Any

from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.schedule import Schedule
from tf_explainer.explainer import Explainer
from tf_explainer.runs.job import Job
from tf_explainer.runs.machine import chosen_precision
from tf_explainer.training.explainers import train_explainer


def learned_explainer(
    job: Job,
) -> tuple[Explainer, Schedule, dict[str, list[Any]]]:
    """Trains an explainer, on all machines of the run alike.

    Args:
        job: The run.

    Returns:
        The explainer, the schedule that it followed, and its history.
    """
    settings = job.settings
    # Reads the images, which one machine prepares before the others want them.
    schedule = _schedule(job)
    job.call_others()
    # What is made within the scope, all machines must make alike.
    with job.strategy.scope():
        explainer = _attach(job)
    with ProgressBar("explainer", job.console) as bar:
        features = job.features(explainer, "train", bar.on_features, moved=True)
        history = train_explainer(
            explainer,
            job.dataset,
            features=features,
            batch_size=settings.batch_size,
            seed=settings.seed,
            schedule=schedule,
            backup_dir=job.folder.backup("explain"),
            callbacks=[bar],
            # The performer step has done it.
            compare=False,
        )
    with job.strategy.scope():
        kept = explainer.in_float32(features, settings.batch_size)
    return kept, schedule, history


def _schedule(job: Job) -> Schedule:
    """The numbers of the training; `None` where the user said nothing."""
    images = len(job.dataset.splits["train"])
    given = job.settings.given(Schedule)
    return Schedule.for_images(images, job.settings.batch_size, **given)


def _attach(job: Job) -> Explainer:
    settings, dataset = job.settings, job.dataset
    return Explainer.from_performer(
        job.spread_performer,
        target_layer=settings.target_layer,
        replaced_layer=settings.replaced_layer,
        reconstructed_layers=settings.reconstructed_layers or None,
        class_names=dataset.categories or None,
        dtype=chosen_precision(settings),
        negative_category=dataset.negative_category,
        **settings.given(ExplainerSettings),
    )
