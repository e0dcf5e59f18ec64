"""The first step: a performer, trained or taken from a file."""

import dataclasses
from typing import Any

import keras
import numpy as np

from tf_explainer.atomic_write import atomic_write
from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError
from tf_explainer.explainer import adapt_performer
from tf_explainer.performers.fine_tune import fine_tune
from tf_explainer.performers.performer_image_size import performer_image_size
from tf_explainer.performers.plain_model import plain_model
from tf_explainer.performers.train_performer import (
    LEARNING_RATES,
    train_performer,
)
from tf_explainer.steps.given_performer import check_reading, given_reading
from tf_explainer.steps.job import Job, image_side
from tf_explainer.steps.load_model import load_model


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
        # Or a whole published network, not a frozen trunk with a new tail.
        learn = train_performer if name in LEARNING_RATES else fine_tune
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
