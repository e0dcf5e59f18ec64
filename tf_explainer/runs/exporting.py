"""A run's explainer in the format that somebody asks for."""

from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from tf_explainer.config.serving import SERVERS
from tf_explainer.errors import InputError
from tf_explainer.export.cards import model_card
from tf_explainer.export.formats import Exported, export_model
from tf_explainer.runs.claim import told_if_read_only
from tf_explainer.runs.explained_run import explained_folder
from tf_explainer.runs.job import Job
from tf_explainer.serving.configuration import (
    check_name,
    write_configuration,
)
from tf_explainer.serving.interface import serving_api
from tf_explainer.serving.warm_up import write_warm_up

COMPARED = 8


def export_run(
    run: Path,
    format: str,
    out: Path | None = None,
    console: Console | None = None,
) -> Exported:
    """Writes the next version of a run's explainer, with its model card.

    Args:
        run: The `--out` folder of a run.
        format: One of `FORMATS`.
        out: Folder of the versions; `RUN/exported/<format>` by default.
        console: Where progress is shown; standard error by default.

    Raises:
        InputError: If there is no such run or format, or if what was written
            answers otherwise than Keras.
    """
    job = _job(run, console)
    place = Path(out) if out else Path(run) / "exported" / format
    return _export(job, _images(job), format, place)


def write_serving(
    run: Path,
    out: Path,
    name: str,
    server: str = SERVERS[0],
    console: Console | None = None,
) -> list[Path]:
    """Writes what a server needs to serve a run's explainer.

    Args:
        run: The `--out` folder of a run.
        out: Folder to write; the model's next version goes into
            `out/models/<name>`.
        name: What the model is called in addresses.
        server: One of `SERVERS`.
        console: Where progress is shown; standard error by default.

    Returns:
        The folder of the version, and the files beside it.

    Raises:
        InputError: If there is no such run or server, the name is none, or
            TensorFlow Serving's interface is not installed.
    """
    check_name(name, server)
    serving_api("prediction_log_pb2")
    job = _job(run, console)
    images = _images(job)
    place = out / "models" / name
    written = _export(job, images, "savedmodel", place)
    write_warm_up(written.folder, name, images, images.shape[-1] in (1, 3))
    names = job.explainer.part_names
    return [
        written.folder,
        *write_configuration(out, name, names, server=server),
    ]


def _job(run: Path, console: Console | None) -> Job:
    folder = explained_folder(run)
    return Job(folder.settings(), folder, console or Console(stderr=True))


def _export(job: Job, images: np.ndarray, format: str, place: Path) -> Exported:
    """Writes the next version into `place`; a card where there are numbers."""
    card = None
    if job.folder.is_done("evaluate"):
        card = model_card(job.folder.read_result())
    with job.console.status(f"writing {format}"), told_if_read_only(place):
        turns = job.settings.apply_orientation
        return export_model(job.explainer, place, images, format, turns, card)


def _images(job: Job) -> np.ndarray:
    """Some test images; noise where they are not there any more."""
    try:
        split = job.dataset.splits["test"]
        return np.asarray(next(iter(split.batches(COMPARED))))
    except InputError as error:
        job.console.print(
            f"compared on noise, since the images are gone: {error}"
        )
    shape: Any = (COMPARED, *job.explainer.examples.shape)
    return np.random.default_rng(0).uniform(0, 255, shape)
