"""Pictures of a finished run that read its images and its explainer."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console

from tf_explainer.datasets.part_dataset import spread_evenly
from tf_explainer.errors import InputError
from tf_explainer.evaluation.grad_cam import grad_cams
from tf_explainer.evaluation.receptive_fields import (
    UnitField,
    occlusion_fields,
    round_fields,
)
from tf_explainer.runs.explained_run import explained_folder
from tf_explainer.runs.job import Job
from tf_explainer.runs.terminal import count_bar
from tf_explainer.visualization import (
    grad_cam_figure,
    receptive_field_figure,
)
from tf_explainer.whole_files import atomic_write

# Dots an inch; a tile of an image is then about 200 pixels wide.
_DPI = 150


@dataclasses.dataclass(frozen=True)
class FieldsAsked:
    """What `tf-explainer fields` draws.

    Args:
        which: Kind to the numbers asked for; `None` for those that
            `occlusion_fields` takes by default. Empty for the explainer's
            parts, or its filters if it has no parts.
        patch: Side of the occluder, pixels; `None` for the default.
        stride: Its step, pixels; `None` for the default.
        images: Images in a row.
        quick: Whether round fields are drawn, which covers nothing.
    """

    which: Mapping[str, Sequence[int] | None]
    patch: int | None = None
    stride: int | None = None
    images: int = 5
    quick: bool = False


def draw_fields(
    run: Path,
    asked: FieldsAsked,
    out: Path | None = None,
    console: Console | None = None,
) -> Path:
    """Writes `fields.png`.

    Args:
        run: The `--out` folder of a run with an explainer.
        asked: What to draw.
        out: Folder to write to; the run's own by default.
        console: Where progress is shown; standard error by default.

    Returns:
        The file.

    Raises:
        InputError: If there is no such run, part, filter or channel.
    """
    if asked.quick and (asked.patch or asked.stride):
        raise InputError(
            "`--quick` covers nothing, so that `--patch` and `--stride` say "
            "nothing; received both."
        )
    job = _job(run, console or Console(stderr=True))
    which = asked.which or {_usual(job): None}
    blocks = [_fields(job, asked, of, numbers) for of, numbers in which.items()]
    for of, block in zip(which, blocks, strict=True):
        if not block:
            raise InputError(
                f"`RUN` has no {of} that answer to its test images, received "
                f"{run}."
            )
    figure = receptive_field_figure(*blocks, columns=asked.images)
    return _written(figure, (out or run) / "fields.png")


def _fields(
    job: Job, asked: FieldsAsked, of: str, numbers: Sequence[int] | None
) -> list[UnitField]:
    parts = job.explainer.encoder.parts
    if of == "parts" and parts and numbers and max(numbers) >= parts:
        raise InputError(
            f"`--part` must be from 1 to {parts}, received {max(numbers) + 1}."
        )
    images = job.dataset.splits["test"].images
    given: dict[str, Any] = {
        "which": numbers,
        "images_per": asked.images,
        "batch_size": job.settings.batch_size,
    }
    if asked.quick:
        return round_fields(job.explainer, images, of, **given)
    with count_bar(f"covering, {of}", None, job.console) as done:
        return occlusion_fields(
            job.explainer,
            images,
            of,
            patch=asked.patch,
            stride=asked.stride,
            progress=done,
            **given,
        )


def _usual(job: Job) -> str:
    return "parts" if job.explainer.encoder.parts else "filters"


def draw_grad_cam(
    run: Path,
    images: int = 6,
    category: str | None = None,
    out: Path | None = None,
    console: Console | None = None,
) -> Path:
    """Writes `grad_cam.png`.

    Args:
        run: The `--out` folder of a run with an explainer.
        images: Test images to draw, spread evenly over those there are.
        category: Whose score is explained, and of whose images; the images
            are of all categories, each with the one that the performer sees,
            if it is not given.
        out: Folder to write to; the run's own by default.
        console: Where progress is shown; standard error by default.

    Returns:
        The file.

    Raises:
        InputError: If there is no such run, category or image of it.
    """
    job = _job(run, console or Console(stderr=True))
    test, names = job.dataset.splits["test"], job.dataset.categories
    index = None if category is None else _index(category, names)
    positions = np.arange(len(test))
    if index is not None:
        positions = np.flatnonzero(np.asarray(test.labels) == index)
        if not len(positions):
            raise InputError(
                f"`--category` must have test images, received {category!r}, "
                "of which there are none."
            )
    taken = np.zeros(len(test), bool)
    taken[positions[spread_evenly(len(positions), images)]] = True
    with job.console.status("drawing"):
        heats = grad_cams(
            job.explainer,
            test.part(taken).images,
            index,
            batch_size=job.settings.batch_size,
        )
        figure = grad_cam_figure(heats, names or None)
    return _written(figure, (out or run) / "grad_cam.png")


def _index(category: str, names: Sequence[str]) -> int:
    if category not in names:
        raise InputError(
            f"`--category` must be one of {', '.join(names)}, received "
            f"{category!r}."
        )
    return list(names).index(category)


def _job(run: Path, console: Console) -> Job:
    folder = explained_folder(run)
    return Job(folder.settings(), folder, console)


def _written(figure: Figure, path: Path) -> Path:
    with atomic_write(path) as beside:
        figure.savefig(beside, dpi=_DPI)
    return path
