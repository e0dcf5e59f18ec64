"""The first step: a performer, trained, or a file read as it was trained."""

import dataclasses
import shlex
from typing import Any

import keras
import numpy as np
from rich.markup import escape

from tf_explainer.attachment import adapt_performer
from tf_explainer.attachment.adapting import assumed_classes, check_classes
from tf_explainer.attachment.loadable import plain_model
from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.config.settings import Settings
from tf_explainer.datasets.category_choice import chosen_names, tidy_name
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError
from tf_explainer.performers.model_file import load_model
from tf_explainer.performers.performer_registry import (
    Recipe,
    performer_image_size,
)
from tf_explainer.runs.job import Job, image_side
from tf_explainer.training.comparison import Comparison, Reading
from tf_explainer.training.fine_tuning import fine_tune
from tf_explainer.training.performers import train_performer
from tf_explainer.training.readings import compare_readings
from tf_explainer.whole_files import atomic_write

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


def performer(job: Job) -> dict[str, Any]:
    """Writes `performer.keras`.

    Args:
        job: The run.

    Returns:
        The record for later steps: `history`, empty for a given model, and
        the `categories` of the images, empty where they have none; of a given
        model also `classes` and `scale`, how it is read.

    Raises:
        InputError: If the given model does not fit the data.
    """
    if job.settings.performer is None:
        model, record = _train(job)
    else:
        model = plain_model(load_model(job.settings.performer))
        dataset = job.open_dataset(image_side(model))
        read = given_reading(job.settings, model, dataset)
        ordered = adapt_performer(model, dataset, read.classes)
        model = adapt_performer(ordered, dataset, scale=read.scale)
        _check_outputs(model, dataset)
        check_reading(job, ordered, dataset, read)
        record = {"history": {}, **dataclasses.asdict(read)}
        record["categories"] = list(dataset.categories)
    with atomic_write(job.folder.performer) as beside:
        model.save(beside)
    return record


def _train(job: Job) -> tuple[keras.Model, dict[str, Any]]:
    settings = job.settings
    name = "small_cnn" if settings.backbone is None else settings.backbone
    dataset = job.open_dataset(
        settings.image_size or performer_image_size(name)
    )
    with ProgressBar("performer", job.console) as bar:
        chosen: dict[str, Any] = {
            "backbone": settings.backbone,
            "weights": settings.weights,
            "epochs": settings.performer_epochs,
            "batch_size": settings.batch_size,
            "seed": settings.seed,
            "backup_dir": job.folder.backup("performer"),
            "callbacks": [bar],
        }
        learn = train_performer if Recipe.of(name) else fine_tune
        model, history = learn(dataset, **chosen)
    return model, {"history": history, "categories": dataset.categories}


def _check_outputs(model: keras.Model, dataset: PartDataset) -> None:
    shape = model.output_shape
    classes = len(dataset.categories)
    if isinstance(shape, list) or len(shape) != 2:
        raise InputError(
            "`--performer` must put out class scores (batch, classes), "
            f"received output shape {shape}."
        )
    if classes and shape[-1] != classes:
        one = ", or one that a sigmoid makes" if classes == 2 else ""
        raise InputError(
            f"`--performer` must have one output for each of the {classes} "
            f"categories {', '.join(dataset.categories)}{one}; received "
            f"output shape {shape}."
        )
    split = list(dataset.splits.values())[-1]
    first = next(iter(split.batches(1)))
    if not np.isfinite(model(first, training=False)).all():
        raise InputError(
            "`--performer` gives scores that are no numbers (NaN or "
            f"infinite) for {split.files[0]}."
        )
