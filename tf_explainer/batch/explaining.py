"""Many images explained into a folder, where an earlier run stopped."""

import contextlib
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any, NamedTuple

from apache_beam.runners.runner import PipelineState

from tf_explainer import __version__
from tf_explainer.batch.launching import beam_options, open_pipeline
from tf_explainer.batch.pipeline import (
    DEAD,
    EXPLAINED,
    WORK_LIST,
    BatchJob,
    add_steps,
)
from tf_explainer.batch.served_model import model_facts
from tf_explainer.batch.storage import (
    file_names,
    is_remote,
    joined,
    make_folder,
    read_file,
    remove_all,
    remove_half_written,
    write_whole,
)
from tf_explainer.batch.work_list import WorkList, write_work_list
from tf_explainer.config.batch import DIRECT, BatchSettings, Launch
from tf_explainer.errors import InputError

JOB = "batch.json"
MODEL = "model"
# What this room writes into a folder.
OURS = (JOB, WORK_LIST, EXPLAINED, DEAD, MODEL)
_PART = re.compile(r"part-(\d+)-of-\d+\.parquet")
_PACKAGES = ("tensorflow", "keras", "apache-beam")
# Seconds between two looks at what is done.
_NEAR, _FAR = 0.5, 15.0
# Beside the lock of a folder of this machine.
_LOG = (".tf_explainer", "workers.log")


class Model(NamedTuple):
    """The model that explains, before it is needed.

    Attributes:
        digest: What tells it from others.
        folder: Function that returns where the SavedModel lies; writes it if
            it is not there yet.
    """

    digest: str
    folder: Callable[[], str]


class Counts(NamedTuple):
    """What became of the images.

    Attributes:
        explained: Images explained by this run.
        dead: Images that this run could not explain.
        skipped: Images that earlier runs had done.
        seconds: That the pipeline took.
    """

    explained: int
    dead: int
    skipped: int
    seconds: float


def explain_batch(
    model: Model,
    settings: BatchSettings,
    output: str,
    launch: Launch,
    overwrite: bool = False,
    tell: Callable[[int, int], None] = lambda done, images: None,
) -> Counts:
    """Explains all images that no earlier run has done.

    Args:
        model: What explains.
        settings: What is explained.
        output: Folder to write, or an address such as `gs://bucket/name`.
        launch: Where the work is done.
        overwrite: Whether the work of another list, model or other settings
            is removed first.
        tell: Called now and then with the number of images that are done, and
            of all.

    Raises:
        InputError: If an input names nothing, if `output` holds the work of
            other inputs, another model or other settings, or if the runner
            does not finish.
    """
    beam_options(launch)
    work = write_work_list(None, settings)
    wanted = _identity(model, settings, work)
    if overwrite:
        remove_all([joined(output, name) for name in OURS])
    if stored := _stored(output):
        _check_same(stored, wanted, output)
    else:
        _check_new(output)
    facts = model_facts(model.folder())
    for folder in (joined(output, EXPLAINED), joined(output, DEAD)):
        make_folder(folder)
        remove_half_written(folder)
    if not stored:
        written = write_work_list(joined(output, WORK_LIST), settings)
        if written != work:
            raise InputError(
                "`--input` must not change meanwhile, received files that did."
            )
        text = json.dumps(wanted, indent=2, ensure_ascii=False) + "\n"
        write_whole(joined(output, JOB), text.encode())
    told = {"versions": _versions(), **(stored or wanted)}
    job = BatchJob(output, settings, work, facts, told)
    return _run(job, launch, tell)


def shards_done(output: str) -> set[int]:
    """Returns the numbers of the shards that are done.

    Args:
        output: The folder of the work.
    """
    names = map(_PART.fullmatch, file_names(joined(output, EXPLAINED)))
    return {int(found[1]) for found in names if found}


def _run(
    job: BatchJob, launch: Launch, tell: Callable[[int, int], None]
) -> Counts:
    done = shards_done(job.output)
    left = [one for one in range(job.work.shards) if one not in done]
    skipped = _images(job, done)
    began = time.monotonic()
    if left:
        with _watched(job, tell), _told_if_refused(launch):
            _run_pipeline(job, launch, left)
    seconds = time.monotonic() - began
    if missing := set(left) - shards_done(job.output):
        raise InputError(
            f"`--runner` {launch.runner} left {len(missing)} of "
            f"{job.work.shards} shards undone: give the same command again."
        )
    dead = sum(read_file(job.part(DEAD, one)).count(b"\n") for one in left)
    explained = job.work.images - skipped - dead
    return Counts(explained, dead, skipped, seconds)


def _run_pipeline(job: BatchJob, launch: Launch, left: list[int]) -> None:
    log = os.devnull
    if not is_remote(job.output):
        make_folder(joined(job.output, _LOG[0]))
        log = joined(job.output, *_LOG)
    pipeline = open_pipeline(launch, beam_options(launch), log)
    add_steps(pipeline, job, left)
    state = pipeline.run().wait_until_finish()
    if state not in (None, PipelineState.DONE):
        raise InputError(
            f"`--runner` {launch.runner} ended as {state}; what is done is "
            "kept: give the same command again."
        )


@contextlib.contextmanager
def _told_if_refused(launch: Launch) -> Iterator[None]:
    """Says in one line what another machine had against the work."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        if launch.runner == DIRECT:
            raise
        raise InputError(
            f"`--runner` {launch.runner} failed; what is done is kept: {error}"
        ) from error


def _images(job: BatchJob, shards: set[int]) -> int:
    """How many images some shards hold; the last one may be smaller."""
    size, last = job.settings.shard_size, job.work.shards - 1
    rest = job.work.images - last * size
    return sum(rest if one == last else size for one in shards)


@contextlib.contextmanager
def _watched(job: BatchJob, tell: Callable[[int, int], None]) -> Iterator[None]:
    """Tells how far the work is, by the files that are there."""
    ended = threading.Event()

    def look() -> None:
        pause = _FAR if is_remote(job.output) else _NEAR
        while True:
            with contextlib.suppress(OSError):
                done = shards_done(job.output)
                tell(_images(job, done), job.work.images)
            if ended.wait(pause):
                return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _identity(
    model: Model, settings: BatchSettings, work: WorkList
) -> dict[str, Any]:
    """What makes two runs the same work."""
    return {
        "inputs": [*settings.inputs],
        "images": work.images,
        "shards": work.shards,
        "list_sha256": work.digest,
        "model_sha256": model.digest,
        "shard_size": settings.shard_size,
        "feature": settings.feature,
        "key_feature": settings.key_feature,
        "top_scores": settings.top_scores,
    }


def _stored(output: str) -> dict[str, Any]:
    if JOB not in file_names(output):
        return {}
    try:
        return dict(json.loads(read_file(joined(output, JOB))))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"{joined(output, JOB)} is damaged ({error}); take another "
            "--output, or --overwrite."
        ) from error


def _check_same(
    stored: dict[str, Any], wanted: dict[str, Any], output: str
) -> None:
    words = {
        "model_sha256": "another model",
        "shard_size": f"--shard-size {stored.get('shard_size')}",
        "feature": f"--feature {stored.get('feature')}",
        "key_feature": f"--key-feature {stored.get('key_feature')}",
        "top_scores": f"--top-scores {stored.get('top_scores') or 'of all'}",
        "list_sha256": f"another list of {stored.get('images')} images",
    }
    for name, told in words.items():
        if stored.get(name) != wanted[name]:
            raise InputError(
                f"`--output` holds the work of {told}, received {output}: "
                "give that again, another folder, or --overwrite."
            )


def _check_new(output: str) -> None:
    if shards_done(output):
        raise InputError(
            f"`--output` holds explained images without their {JOB}, received "
            f"{output}: take another folder, or --overwrite."
        )
    # Of a run that was killed before it began; it may be of another explainer.
    remove_all([joined(output, MODEL)])


def _versions() -> dict[str, str]:
    found = {name: metadata.version(name) for name in _PACKAGES}
    return {"tf_explainer": __version__, **found}
