"""What a grid would do, needs and takes."""

import contextlib
import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tf_explainer.config.schedule import Schedule
from tf_explainer.config.settings import Settings
from tf_explainer.datasets import open_dataset
from tf_explainer.errors import InputError
from tf_explainer.experiments.grid import Experiment
from tf_explainer.experiments.plan import PlannedRun
from tf_explainer.explainer import Explainer
from tf_explainer.performers import PERFORMERS
from tf_explainer.performers.model_file import load_model
from tf_explainer.performers.performer_registry import (
    Recipe,
    performer_image_size,
)
from tf_explainer.runs.job import image_side
from tf_explainer.runs.machine import chosen_precision, parallel_groups
from tf_explainer.training import fine_tuning

_FLOAT = 4


@dataclasses.dataclass(frozen=True)
class StepTime:
    """What an image costs, and what a run leaves on the disk.

    Attributes:
        performer: Seconds of an image of `train` to train the performer, all
            epochs; 0 for a given one.
        look: Seconds of an image to compute its features once.
        learn: Seconds of an image of `train` to train the explainer, all
            epochs.
        size: Bytes of the two models of a run.
    """

    performer: float
    look: float
    learn: float
    size: int


def measure_step(options: Mapping[str, Any]) -> StepTime:
    """Measures a few steps of a run's own networks, with random weights.

    Args:
        options: Field of `Settings` to value; weights files need not be
            there.

    Returns:
        The times on this machine as it is now.
    """
    settings = Settings(**options)
    named = ",".join(settings.categories).split(",")
    classes, size = max(2, len(named)), settings.batch_size
    performer, training = _performer(settings, classes)
    shape = (size, *[image_side(performer)] * 2, 3)
    images = np.random.default_rng(0).uniform(0, 255, shape).astype("float32")
    explainer = Explainer.from_performer(
        performer,
        settings.target_layer,
        settings.replaced_layer,
        dtype=chosen_precision(settings),
    )
    features = explainer.attachment.features
    look = _seconds_of(lambda: features.predict_on_batch(images)) / size
    kept = explainer.cached_features(images, size, views=1)
    # At the paper's scale random weights reach NaN within a few real steps.
    explainer.compile(optimizer=keras.optimizers.Adam(1e-9))
    learn = _seconds_of(lambda: explainer.fit(kept, batch_size=size, verbose=0))
    schedule = Schedule(**settings.given(Schedule))
    return StepTime(
        performer=training(images, look),
        look=look,
        learn=schedule.epochs * learn / size,
        size=_FLOAT * (performer.count_params() + explainer.count_params()),
    )


def _performer(
    settings: Settings, classes: int
) -> tuple[keras.Model, Callable[[np.ndarray, float], float]]:
    """Returns the performer, and what measures its training."""
    if settings.performer is not None and settings.performer.is_file():
        return load_model(settings.performer), lambda images, look: 0.0
    name = settings.backbone or "small_cnn"
    size = settings.image_size or performer_image_size(name)
    model = PERFORMERS.get(name)(classes, image_size=size)
    if settings.performer is not None:
        return model, lambda images, look: 0.0
    recipe = Recipe.of(name)
    known = recipe.epochs if recipe else fine_tuning.EPOCHS
    epochs = settings.performer_epochs or known
    step = _training(model, classes)

    def measure(images: np.ndarray, look: float) -> float:
        seconds = _seconds_of(lambda: step(images)) / len(images)
        if recipe and recipe.trunk_layer:
            # Its trunk is frozen, and sees each image and its mirror image
            # once; the tail learns from both.
            return 2 * (look + epochs * max(seconds - look, 0.0))
        return epochs * seconds

    return model, measure


def _training(model: keras.Model, classes: int) -> Callable[..., Any]:
    # A copy, as the explainer freezes its performer.
    learner = keras.models.clone_model(model)
    learner.compile(optimizer="sgd", loss="categorical_crossentropy")
    known = np.eye(classes, dtype="float32")

    def step(images: np.ndarray) -> Any:
        labels = known[np.arange(len(images)) % classes]
        return learner.train_on_batch(images, labels)

    return step


def _seconds_of(call: Callable[[], Any], times: int = 2) -> float:
    """Returns the seconds of a call; the first one only compiles."""
    call()
    began = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - began) / times


_PATHS = ("performer", "weights", "negatives")
# Of train and test together, where the data are not at hand.
_UNKNOWN = (600, 400)
Measure = Callable[[Mapping[str, Any]], StepTime]


def experiment_report(
    experiment: Experiment,
    parallel: int | None = None,
    measure: Measure = measure_step,
    only: str = "",
) -> list[str]:
    """Returns the lines that `--dry-run` prints.

    Args:
        experiment: The grid and its folder.
        parallel: How many processes at the same time; `None` for as many as
            fit.
        measure: What measures a step of a network.
        only: See `Experiment.groups`.

    Raises:
        InputError: If `only` names no run.
    """
    plan = experiment.plan
    groups = experiment.groups(only)
    needed = {run for runs in groups for run in runs}
    states = {
        run: experiment.state(run)
        for run in plan.runs
        if only in run.folder or run in needed
    }
    counts = Counter(states.values())
    told = ", ".join(f"{count} {state}" for state, count in counts.items())
    lines = [plan.title, f"{len(states)} runs: {told}"]
    lines += [f"  {states[run]:7} {run.folder}" for run in states]
    lines += ["needs by hand:", *(f"  {n}" for n in plan.needs or ["nothing"])]
    for path, is_there in sorted(_files(list(states)).items()):
        size = _size(path) if is_there else "missing"
        lines.append(f"  {size:>9} {path}")
    return [*lines, *_estimate(experiment, groups, parallel, measure)]


def _files(runs: Sequence[PlannedRun]) -> dict[Path, bool]:
    found = {}
    for run in runs:
        paths = [run.options.get(name) for name in _PATHS]
        paths.append((run.options.get("data_option") or {}).get("manual_dir"))
        paths.append(_folder(run))
        for path in paths:
            if path is not None and str(path) != "imagenet":
                place = Path(path).expanduser()
                found[place] = place.exists()
    return found


def _folder(run: PlannedRun) -> Path | None:
    """Returns the annotated folder of a run, if its data are one."""
    data = run.options.get("data")
    return Path(data) if data and "/" in str(data) else None


def _size(path: Path) -> str:
    files = path.rglob("*") if path.is_dir() else [path]
    return _bytes(sum(file.stat().st_size for file in files if file.is_file()))


def _bytes(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count > 1e8 else f"{count / 1e6:.1f} MB"


def _estimate(
    experiment: Experiment,
    groups: list[list[PlannedRun]],
    parallel: int | None,
    measure: Measure,
) -> list[str]:
    """Returns how long the rest takes, by a measured step of each network."""
    if not groups:
        return ["time: nothing is left to do"]
    parallel = parallel or parallel_groups(len(groups), experiment.threads)
    lines, total, disk, known = [], 0.0, 0, True
    steps: dict[str, StepTime] = {}
    for runs in groups:
        first = runs[0]
        if first.performer not in steps:
            step = steps[first.performer] = measure(first.options)
            lines.append(_told(first.performer, step))
        images = _images(first)
        known &= images is not None
        total += _seconds(experiment, runs, steps[first.performer], images)
        disk += len(runs) * steps[first.performer].size
    left = sum(map(len, groups))
    what = "" if known else ", for every 1,000 images where they are not there"
    return [
        *lines,
        f"time: {total / parallel / 3600:.1f} hours for {left} runs on this "
        f"machine as it is now, {parallel} at a time{what}",
        f"disk: {_bytes(disk)} for the models of these runs",
    ]


def _told(performer: str, step: StepTime) -> str:
    parts = (step.performer, step.look, step.learn)
    texts = [f"{1e3 * seconds:.0f} ms" for seconds in parts]
    return (
        f"measured: {performer}, an image takes {texts[0]} to train the "
        f"performer, {texts[1]} for its features, {texts[2]} to train an "
        "explainer"
    )


def _images(run: PlannedRun) -> tuple[int, int] | None:
    """Returns the images of `train` and `test` of an annotated folder."""
    folder = _folder(run)
    if folder is None or run.options.get("negatives"):
        return None
    with contextlib.suppress(InputError):
        splits = open_dataset(
            folder,
            categories=run.options["categories"],
            negative_ratio=run.options.get("negative_ratio"),
            test_share=run.options.get("test_share"),
        ).splits
        return len(splits["train"]), len(splits["test"])
    return None


def _seconds(
    experiment: Experiment,
    runs: Sequence[PlannedRun],
    step: StepTime,
    images: tuple[int, int] | None,
) -> float:
    train, test = images or _UNKNOWN
    settings = Settings(**runs[0].options)
    given = settings.given(Schedule)
    # The step was measured with the epochs for many images.
    schedule = Schedule.for_images(train, settings.batch_size, **given)
    more = schedule.epochs / Schedule(**given).epochs
    # Of what is learned from, moved views are looked at, too.
    seconds = step.look * ((1 + schedule.views) * train + test)
    for run in runs:
        folder = experiment.files(run).folder
        if not folder.is_done("performer") and run is _trains(experiment, run):
            seconds += step.performer * train
        if not folder.is_done("explain"):
            seconds += more * step.learn * train
    return seconds


def _trains(experiment: Experiment, run: PlannedRun) -> PlannedRun:
    """Returns the run that trains the performer of a group."""
    runs = experiment.plan.runs
    return next(one for one in runs if one.group == run.group)
