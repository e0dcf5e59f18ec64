"""Many images explained by a run's explainer, or by an exported one."""

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from tf_explainer.batch.explaining import (
    MODEL,
    OURS,
    Counts,
    Model,
    explain_batch,
)
from tf_explainer.batch.served_model import copy_model, model_digest
from tf_explainer.batch.storage import file_names, is_remote, joined
from tf_explainer.batch.summary import DATA, PAGE, summarize
from tf_explainer.config.batch import DIRECT, BatchSettings, Launch
from tf_explainer.errors import InputError
from tf_explainer.runs.claim import claimed
from tf_explainer.runs.disk_faults import is_disk_full
from tf_explainer.runs.explained_run import explained_folder
from tf_explainer.runs.exporting import export_run
from tf_explainer.runs.terminal import count_bar

_VERSION = "1"
_OUTPUT = "--output"


def explain_many(
    run: Path | None,
    model: str | None,
    settings: BatchSettings,
    output: str,
    launch: Launch,
    overwrite: bool = False,
    console: Console | None = None,
) -> Counts:
    """Explains images into Parquet, going on where an earlier run stopped.

    Args:
        run: The `--out` folder of a run; `None` if there is a `model`.
        model: A version that `tf-explainer export` wrote; `None` for a `run`.
        settings: What is explained.
        output: See `explain_batch`.
        launch: Where the work is done.
        overwrite: See `explain_batch`.
        console: Where progress is shown; standard error by default.

    Raises:
        InputError: See `explain_batch`; or if there is no such run or model.
    """
    console = console or Console(stderr=True)
    source = _source(run, model, output, console)
    with (
        _alone(output),
        _told_if_full(),
        _quiet(launch),
        count_bar("explaining", None, console) as advance,
    ):
        shown = 0

        def tell(done: int, images: int) -> None:
            nonlocal shown
            advance(done - shown, images)
            shown = done

        with _threads_for(launch):
            return explain_batch(
                source, settings, output, launch, overwrite, tell
            )


def summarize_many(output: str, console: Console | None = None) -> list[str]:
    """Writes what all images together say.

    Args:
        output: What `explain_many` wrote.
        console: Where progress is shown; standard error by default.

    Returns:
        The page and the numbers.

    Raises:
        InputError: If nothing is there, or not all of it.
    """
    console = console or Console(stderr=True)
    with count_bar("reading", None, console) as advance:
        summarize(output, lambda images: advance(images))
    return [joined(output, name) for name in (PAGE, DATA)]


def _source(
    run: Path | None, model: str | None, output: str, console: Console
) -> Model:
    if (run is None) == (model is None):
        raise InputError(
            "`RUN` or `--model` must be given, and not both, received "
            f"{run} and {model}."
        )
    if model is not None:
        lies = Path(model).absolute().is_relative_to(Path(output).absolute())
        if lies and not is_remote(model):
            raise InputError(
                "`--model` must not lie in `--output`, which is ours to write, "
                f"received {model}."
            )
        _check_plain("--model", model)
        return Model(model_digest(model), lambda: model)
    _check_plain(_OUTPUT, output)
    folder = explained_folder(Path(str(run)))
    digest = hashlib.sha256(folder.explainer.read_bytes())
    digest.update(str(folder.settings().apply_orientation).encode())
    place = joined(output, MODEL, _VERSION)

    def export() -> str:
        if is_remote(output):
            if not file_names(place):
                with tempfile.TemporaryDirectory() as between:
                    found = export_run(
                        folder.path, "savedmodel", Path(between), console
                    )
                    copy_model(str(found.folder), place)
        elif not Path(place).is_dir():
            export_run(folder.path, "savedmodel", Path(output, MODEL), console)
        return place

    return Model(digest.hexdigest(), export)


def _check_plain(option: str, path: str) -> None:
    """TensorFlow takes the path of a model for a pattern as it loads it."""
    if set("*?[]") & {*path}:
        raise InputError(
            f"`{option}` must have none of *?[] in its path, received {path}."
        )


@contextlib.contextmanager
def _alone(output: str) -> Iterator[None]:
    """Keeps other processes out of a folder of this machine."""
    if is_remote(output):
        yield
        return
    folder = Path(output)
    with claimed(folder, lambda: _check_ours(folder), _OUTPUT):
        yield


def _check_ours(output: Path) -> None:
    if output.exists() and not output.is_dir():
        raise InputError(
            f"`--output` must be a folder, received the file {output}."
        )
    if not output.is_dir():
        return
    known = {*OURS, PAGE, DATA, ".tf_explainer"}
    strange = sorted({*os.listdir(output)} - known)
    if strange:
        raise InputError(
            f"`--output` holds files of somebody else, received {output} "
            f"with {strange[0]!r}. Choose another folder."
        )


@contextlib.contextmanager
def _told_if_full() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not is_disk_full(error):
            raise
        raise InputError(
            "the disk is full. What is done is kept: free some space, then "
            "give the same command again."
        ) from error


@contextlib.contextmanager
def _quiet(launch: Launch) -> Iterator[None]:
    """Holds back what Beam tells of itself; far runners tell where they are."""
    root = logging.getLogger()
    before = root.level
    if launch.runner == DIRECT:
        root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)


@contextlib.contextmanager
def _threads_for(launch: Launch) -> Iterator[None]:
    """Shares the processors out between the processes of this machine."""
    names = "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"
    given = [name for name in names if name not in os.environ]
    if launch.processes > 1:
        each = max(1, (os.cpu_count() or 1) // launch.processes)
        os.environ.update(dict.fromkeys(given, str(each)))
    try:
        yield
    finally:
        if launch.processes > 1:
            for name in given:
                os.environ.pop(name, None)
