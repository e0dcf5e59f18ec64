"""A run's explainer in the format that somebody asks for."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from tf_explainer.errors import InputError
from tf_explainer.export.cards import model_card
from tf_explainer.export.formats import Exported, export_model
from tf_explainer.runs.claim import told_if_read_only
from tf_explainer.runs.explained_run import explained_folder
from tf_explainer.runs.job import Job

COMPARED = 8


def export_run(
    run: Path,
    kind: str,
    out: Path | None = None,
    console: Console | None = None,
) -> Exported:
    """Writes the next version of a run's explainer, with its model card.

    Args:
        run: The `--out` folder of a run.
        kind: One of `FORMATS`.
        out: Folder of the versions; `RUN/exported/<kind>` by default.
        console: Where progress is shown; standard error by default.

    Raises:
        InputError: If there is no such run or format, or if what was written
            answers otherwise than Keras.
    """
    folder = explained_folder(run)
    console = console or Console(stderr=True)
    job = Job(folder.settings(), folder, console)
    card = None
    if folder.result.is_file():
        result = json.loads(folder.result.read_text(encoding="utf-8"))
        card = model_card(result)
    place = Path(out) if out else Path(run) / "exported" / kind
    with console.status(f"writing {kind}"), told_if_read_only(place):
        return export_model(
            job.explainer,
            place,
            _images(job, console),
            kind,
            job.settings.apply_orientation,
            card,
        )


def _images(job: Job, console: Console) -> np.ndarray:
    """Some test images; noise where they are not there any more."""
    try:
        split = job.dataset.splits["test"]
        return np.asarray(next(iter(split.batches(COMPARED))))
    except InputError as error:
        console.print(f"compared on noise, since the images are gone: {error}")
    shape: Any = (COMPARED, *job.explainer.examples.shape)
    return np.random.default_rng(0).uniform(0, 255, shape)
