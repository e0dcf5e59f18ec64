"""Searches for the settings of an explainer."""

from collections.abc import Mapping
from typing import Any

import keras
from rich.console import Console

from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.search import TuneSettings
from tf_explainer.config.settings import Settings
from tf_explainer.datasets.part_dataset import PartDataset, check_labeled
from tf_explainer.datasets.splits import hold_out
from tf_explainer.errors import InputError
from tf_explainer.experiments.grid import toml_text
from tf_explainer.experiments.search_folder import TuneFolder
from tf_explainer.runs.job import Job
from tf_explainer.runs.performer_step import performer
from tf_explainer.tuning import (
    ExplainerHyperModel,
    ExplainerTuner,
    Limits,
    TrialRow,
    pareto_chart,
    trial_table,
)
from tf_explainer.tuning.fixed_settings import fixed_by_proxy
from tf_explainer.tuning.measures import measured
from tf_explainer.tuning.space import usual_settings
from tf_explainer.tuning.trials import csv_text, trial_number
from tf_explainer.whole_files import atomic_write

_KNOWS = (
    "--performer: if it learned from all training images, it knows those that "
    "judge, and Δ error here is not what it is on new images."
)
# What they need.
_OBJECTIVES = {
    "one_to_one": "landmarks, and an explainer with parts",
    "fidelity": "an explainer with parts",
    "skill": "landmarks",
    "proxy": "nothing",
}
_SHOWN = (
    *("one_to_one", "fidelity", "removal", "skill", "proxy"),
    *("delta_error", "p", "seconds"),
)


def tune(
    settings: TuneSettings,
    given: Mapping[str, Any],
    folder: TuneFolder,
    console: Console | None = None,
) -> list[TrialRow]:
    """Does the trials that are not done yet and writes what they found.

    After each trial: `trials.csv`, `pareto.png`, and `best.toml`, which
    `tf-explainer run --config` takes.

    Args:
        settings: What the search does.
        given: The options that the user gave; those of the explainer are not
            searched, and those of a run go into `best.toml`.
        folder: Where it reads and writes, from `open_tune_folder`, which
            keeps other processes out.
        console: Where progress is shown; standard error by default.

    Returns:
        The trials, the best one first.

    Raises:
        InputError: If something in the settings does not fit the data, or if
            no trial could be finished.
    """
    console = console or Console(stderr=True)
    if settings.performer:
        console.print(f"    [yellow]{_KNOWS}[/]", highlight=False)
    job = _TrainingImages(settings, folder.performer, console)
    try:
        _performer(job)
    except InputError:
        # Refused at the start: the search before stays.
        if not folder.performer.has_work():
            folder.replaced.put_back()
        raise
    folder.replaced.drop()
    return _search(job, given, folder)


def _search(
    job: "_TrainingImages", given: Mapping[str, Any], folder: TuneFolder
) -> list[TrialRow]:
    settings, console = job.settings, job.console
    with ProgressBar("trials", console) as bar:

        def told(trial: Any) -> None:
            bar.label = f"trial {trial_number(trial)}/{settings.trials}"
            if trial.status == "RUNNING":
                return
            _write(tuner, settings, given, folder)
            console.print(
                f"    {bar.label}: {_line(trial)}",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )

        name = settings.objective
        tuner = ExplainerTuner(
            _hyper_model(job, given, bar),
            f"limited_{name}" if name else None,
            trials=settings.trials,
            seed=settings.seed,
            directory=folder.state,
            told=told,
        )
        tuner.search()
    rows = _write(tuner, settings, given, folder)
    if not rows:
        raise InputError(
            "No trial could be finished; take other settings, or a smaller "
            "--learning-rate."
        )
    return rows


class _TrainingImages(Job):
    """A job that sees the training images alone, in two parts."""

    settings: TuneSettings

    def whole(self, image_size: int) -> PartDataset:
        """The data set, of which the test split must not be read."""
        return super().open_dataset(image_size)

    def open_dataset(self, image_size: int) -> PartDataset:
        # A performer trained on all of them would know the validation part
        # by heart, and the Δ error there would say little.
        share, seed = self.settings.validation_share, self.settings.seed
        whole = self.whole(image_size)
        check_labeled(whole)
        parts = hold_out(whole, share, seed)
        # Here, since the performer's training comes first and takes long.
        objective = self.settings.objective
        given = self.settings.given(ExplainerSettings)
        known = measured(parts, int(usual_settings(given)["parts"]))
        if objective and objective not in known:
            choices = [name for name in _OBJECTIVES if name in known]
            raise InputError(
                f"`--objective` must be one of {', '.join(choices)} for these "
                f"images and this explainer, received {objective}: it needs "
                f"{_OBJECTIVES[objective]}."
            )
        return parts


def _performer(job: _TrainingImages) -> None:
    folder = job.folder
    if not folder.is_done("performer"):
        keras.utils.set_random_seed(job.settings.seed)
        folder.finish("performer", performer(job))


def _hyper_model(
    job: _TrainingImages, given: Mapping[str, Any], bar: ProgressBar
) -> ExplainerHyperModel:
    settings = job.settings
    groups = TuneSettings.__dataclass_fields__
    fixed = {
        name: value
        for name, value in given.items()
        if groups[name].metadata["group"] == "explainer"
        and name not in ("epochs", "precision")
    }
    if settings.objective == "proxy":
        fixed = fixed_by_proxy(fixed)
    seeds = range(settings.seed, settings.seed + settings.trial_seeds)
    return ExplainerHyperModel(
        job.performer,
        job.whole(job.performer.inputs[0].shape[1]),
        fixed,
        settings.epochs,
        limits=_limits(settings),
        share=settings.validation_share,
        seeds=tuple(seeds),
        batch_size=settings.batch_size,
        callbacks=lambda: [bar],
        tell=bar.on_features,
        dtype=settings.precision,
    )


def _limits(settings: TuneSettings) -> Limits:
    return Limits(settings.max_delta_error, settings.min_p)


def _write(
    tuner: ExplainerTuner,
    settings: TuneSettings,
    given: Mapping[str, Any],
    folder: TuneFolder,
) -> list[TrialRow]:
    rows = trial_table(tuner)
    if not rows:
        return rows
    run_of = {
        name: value
        for name, value in given.items()
        if name in Settings.__dataclass_fields__
    }
    best = {**run_of, **rows[0].settings}
    # What is not written must be what the run would do by itself.
    best.setdefault("epochs", tuner.hypermodel.epochs)
    head = (
        f"# Trial {rows[0].trial} of {len(rows)}: "
        f"{tuner.oracle.objective.name} {rows[0].score:.3f} on a validation "
        f"part of the training images.\n{_limits_told(rows[0], settings)}"
    )
    with atomic_write(folder.best) as beside:
        beside.write_text(head + toml_text(best), encoding="utf-8")
    with atomic_write(folder.table) as beside:
        beside.write_text(csv_text(rows), encoding="utf-8")
    with atomic_write(folder.chart) as beside:
        pareto_chart(rows, _limits(settings)).savefig(beside, dpi=150)
    return rows


def _limits_told(best: TrialRow, settings: TuneSettings) -> str:
    if best.within_limits:
        return ""
    return (
        "# No trial kept the limits: this one has a Δ error of "
        f"{best.measures['delta_error']:.1f} points (at most "
        f"{settings.max_delta_error:g}) and p {best.measures['p']:.2f} (at "
        f"least {settings.min_p:g}).\n"
    )


def _line(trial: Any) -> str:
    if trial.status != "COMPLETED":
        lines = (trial.message or trial.status).strip().splitlines()
        return f"failed: {lines[-1]}"
    numbers = [
        f"{name} {trial.metrics.get_last_value(name):.3g}"
        for name in _SHOWN
        if trial.metrics.exists(name)
    ]
    return f"objective {trial.score:.3f}  " + "  ".join(numbers)
