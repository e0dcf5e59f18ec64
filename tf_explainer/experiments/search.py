"""Searches for the settings of an explainer."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.config.search import TuneSettings
from tf_explainer.errors import InputError
from tf_explainer.experiments.search_folder import TuneFolder
from tf_explainer.experiments.search_images import (
    TrainingImages,
    hyper_model,
    train_performer_once,
)
from tf_explainer.experiments.search_results import trial_line, write_results
from tf_explainer.features.shared_features import SharedFeatures
from tf_explainer.tuning import ExplainerTuner, TrialRow
from tf_explainer.tuning.chief import ChiefServer
from tf_explainer.tuning.trials import trial_number
from tf_explainer.tuning.worker import ChiefCalls

_KNOWS = (
    "--performer: if it learned from all training images, it knows those that "
    "judge, and Δ error here is not what it is on new images."
)


def tune(
    settings: TuneSettings,
    given: Mapping[str, Any],
    folder: TuneFolder,
    console: Console | None = None,
    server: ChiefServer | None = None,
) -> list[TrialRow]:
    """Does the trials that are not done yet and writes what they found.

    After each trial: `trials.csv`, `pareto.png`, `tensorboard/`, and
    `best.toml`, which `tf-explainer run --config` takes.

    Args:
        settings: What the search does.
        given: The options that the user gave; those of the explainer are not
            searched, and those of a run go into `best.toml`.
        folder: Where it reads and writes, from `open_tune_folder`, which
            keeps other processes out.
        console: Where progress is shown; standard error by default.
        server: Of the chief of several processes, whose workers do the
            trials; `None` does them here.

    Returns:
        The trials, the best one first.

    Raises:
        InputError: If something in the settings does not fit the data, or if
            no trial could be finished.
    """
    console = console or Console(stderr=True)
    if settings.performer:
        console.print(f"    [yellow]{_KNOWS}[/]", highlight=False)
    job = TrainingImages(settings, folder.performer, console)
    try:
        train_performer_once(job)
    except InputError:
        # Refused at the start: the search before stays.
        if not folder.performer.has_work():
            folder.replaced.put_back()
        raise
    folder.replaced.drop()
    return _search(job, given, folder, server)


def _search(
    job: TrainingImages,
    given: Mapping[str, Any],
    folder: TuneFolder,
    server: ChiefServer | None = None,
) -> list[TrialRow]:
    settings = job.settings
    shared = None
    if server or folder.features.is_dir():
        shared = SharedFeatures(folder.features)
    with ProgressBar("features" if server else "trials", job.console) as bar:
        model = hyper_model(job, given, bar, shared)
        if server:
            model.prepare()

        def told(trial: Any) -> None:
            tell_trial(trial, tuner, bar)
            if trial.status != "RUNNING":
                write_results(tuner, settings, given, folder)

        tuner = new_tuner(settings, model, folder, told, server=server)
        if server:
            line = f"ready at {server.host}:{server.port}, waiting for workers"
            job.console.print(f"    {line}", highlight=False, markup=False)
        tuner.search()
    rows = write_results(tuner, settings, given, folder)
    if not rows:
        raise InputError(
            "No trial could be finished; take other settings, or a smaller "
            "--learning-rate."
        )
    return rows


def new_tuner(
    settings: TuneSettings,
    model: Any,
    folder: TuneFolder,
    told: Any,
    server: ChiefServer | None = None,
    calls: ChiefCalls | None = None,
) -> ExplainerTuner:
    """Returns the tuner of a search, with the state that it had.

    Args:
        settings: What the search does.
        model: From `hyper_model`.
        folder: Where the state lies.
        told: Called with each trial as it begins and as it ends.
        server: Of a chief.
        calls: Of a worker.
    """
    name = settings.objective
    return ExplainerTuner(
        model,
        f"limited_{name}" if name else None,
        trials=settings.trials,
        seed=settings.seed,
        directory=folder.state,
        told=told,
        oracle=settings.oracle,
        iterations=settings.hyperband_iterations,
        factor=settings.hyperband_factor,
        server=server,
        calls=calls,
    )


def tell_trial(trial: Any, tuner: ExplainerTuner, bar: ProgressBar) -> None:
    """Says which trial is at work, or how it ended.

    Args:
        trial: A trial of keras-tuner.
        tuner: Whose trial it is.
        bar: Shows the progress of a trial, and gets its number.
    """
    bar.label = f"trial {trial_number(trial)}/{tuner.total}"
    if trial.status != "RUNNING":
        bar.console.print(
            f"    {bar.label}: {trial_line(trial)}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
