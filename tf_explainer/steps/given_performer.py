"""A user's own CNN, read as it was trained."""

import shlex
from typing import Any

import keras
from rich.markup import escape

from tf_explainer.datasets.chosen_names import chosen_names
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.tidy_name import tidy_name
from tf_explainer.errors import InputError
from tf_explainer.explainer.adapt_performer import (
    assumed_classes,
    check_classes,
)
from tf_explainer.steps.job import Job
from tf_explainer.steps.settings import Settings
from tf_explainer.training.compare_readings import compare_readings
from tf_explainer.training.comparison import Comparison, Reading

CLASS_NAMES = "class_names.txt"


def given_reading(
    settings: Settings, performer: keras.Model, dataset: PartDataset
) -> Reading:
    """Returns the order of a CNN's scores and the scale of its images.

    The order is that of `--classes`; else the one that the model itself
    holds, as `ClassScores` does, or a file `class_names.txt` beside it; else
    that of `assumed_classes`.

    Args:
        settings: What the run does.
        performer: The model of `--performer`.
        dataset: Images with their categories.

    Raises:
        InputError: If the names are not the categories.
    """
    scale = settings.scale or "none"
    single = performer.outputs[0].shape[-1] == 1
    assumed = assumed_classes(dataset, single)
    if settings.classes and not dataset.categories:
        raise InputError(
            "`--classes` names the categories of the images, and these have "
            f"none; leave it out, received {', '.join(settings.classes)}."
        )
    outputs = 2 if single else performer.outputs[0].shape[-1]
    names = tuple(dataset.categories)
    said = chosen_names(settings.classes, names, "--classes", "the data")
    classes, what = tuple(said), "`--classes`"
    # Names of other outputs are no news; they are refused as such.
    if not classes and outputs == len(assumed):
        classes, what = _known_classes(settings.performer, performer)
    if not classes:
        return Reading(assumed, scale)
    check_classes(classes, names, what)
    return Reading(classes, scale)


def _known_classes(
    path: Any, performer: keras.Model
) -> tuple[tuple[str, ...], str]:
    """The names that come with a model, and what they are in words."""
    for layer in (performer, *reversed(performer.layers)):
        if names := getattr(layer, "class_names", None):
            what = f"The class names in {path}, read for want of `--classes`,"
            return tuple(map(str, names)), what
    beside = path.parent / CLASS_NAMES
    if not beside.is_file():
        return (), ""
    try:
        lines = beside.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{beside}, read for want of `--classes`, must be a text in "
            f"UTF-8, one category a line, received: {error}."
        ) from error
    names = tuple(name for line in lines if (name := tidy_name(line)))
    return names, f"{beside}, read for want of `--classes`,"


def check_reading(
    job: Job, performer: keras.Model, dataset: PartDataset, reading: Reading
) -> None:
    """Compares a CNN's decisions with the labels, and says what is wrong.

    Args:
        job: The run.
        performer: The model of `--performer`, with its scores in the order of
            the categories, and `reading.scale` not in it.
        dataset: Images with their labels.
        reading: How it is read.

    Raises:
        InputError: If another order or scale is clearly better, and either
            was not said by the user.
    """
    batch_size = job.settings.batch_size
    with job.console.status("comparing the performer with the labels"):
        found = compare_readings(
            performer, dataset, reading, batch_size=batch_size
        )
    if found is None:
        return
    lines = found.doubts(scale_said=bool(job.settings.scale))
    if not found.fits:
        line = _better(job.settings.performer, found)
        if not (job.settings.classes and job.settings.scale):
            raise InputError(f"{line} {_advice(reading)}")
        lines = [line]
    for line in lines:
        job.console.print(f"    [yellow]{escape(line)}[/]", highlight=False)


def _better(path: Any, found: Comparison) -> str:
    given, best = found.given, found.best
    changed = [
        option
        for option, same in (
            (_classes(best), best.classes == given.classes),
            (f"--scale {best.scale}", best.scale == given.scale),
        )
        if not same
    ]
    return (
        f"`--performer` {path} {found.told} with `{' '.join(changed)}`"
        f"{found.others_told}: give what it was trained with."
    )


def _advice(reading: Reading) -> str:
    both = f"{_classes(reading)} --scale {reading.scale}"
    return f"To explain it as it is, give both {both}."


def _classes(reading: Reading) -> str:
    names = [*reading.classes]
    if not any("," in name for name in names):
        names = [",".join(names)]
    return " ".join(f"--classes {shlex.quote(name)}" for name in names)
