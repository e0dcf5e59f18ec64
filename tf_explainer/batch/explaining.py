"""Many images explained into a folder, where an earlier run stopped."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import PipelineState

from tf_explainer import __version__
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
# Beam's `DirectRunner` first asks the network for a program in Go.
_IN_PYTHON = "FnApiRunner"


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
    options = beam_options(launch)
    work = write_work_list(None, settings)
    wanted = _identity(model, settings, work)
    if overwrite:
        remove_all([joined(output, name) for name in OURS])
    if stored := _stored(output):
        _check_same(stored, wanted, output)
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
    return _run(job, options, tell)


def beam_options(launch: Launch) -> PipelineOptions:
    """Returns Beam's options.

    Args:
        launch: Where the work is done.

    Raises:
        InputError: If Beam knows no such option or runner.
    """
    local = launch.runner == DIRECT
    flags = [f"--runner={_IN_PYTHON if local else launch.runner}"]
    if local:
        # Processes of ours tell each step of Beam's on the user's screen.
        flags.append("--default_sdk_harness_log_level=ERROR")
    if launch.processes > 1:
        flags += [
            f"--direct_num_workers={launch.processes}",
            "--direct_running_mode=multi_processing",
        ]
    flags += [f"--{one}" for one in launch.beam_options]
    try:
        options = PipelineOptions(flags)
        known = {*options.get_all_options()}
        beam.runners.create_runner(_IN_PYTHON if local else launch.runner)
    except (SystemExit, ValueError, ImportError, AttributeError) as error:
        told = error if str(error) != "2" else "a value that it cannot read"
        raise InputError(
            f"`--runner` {launch.runner} or one of its `--beam-option`s is "
            f"refused by Beam: {told}"
        ) from error
    names = [text.partition("=")[0] for text in launch.beam_options]
    unknown = [name for name in names if name not in known]
    # Flink and Spark have options that their own job server knows alone.
    if local and unknown:
        raise InputError(
            f"`--beam-option` must be one that {DIRECT} has, received "
            f"{unknown[0]}."
        )
    return options


def shards_done(output: str) -> set[int]:
    """Returns the numbers of the shards that are done.

    Args:
        output: The folder of the work.
    """
    names = map(_PART.fullmatch, file_names(joined(output, EXPLAINED)))
    return {int(found[1]) for found in names if found}


def _run(
    job: BatchJob, options: PipelineOptions, tell: Callable[[int, int], None]
) -> Counts:
    done = shards_done(job.output)
    left = [one for one in range(job.work.shards) if one not in done]
    skipped = _images(job, done)
    began = time.monotonic()
    if left:
        with _watched(job, tell):
            pipeline = beam.Pipeline(options=options)
            add_steps(pipeline, job, left)
            state = pipeline.run().wait_until_finish()
        if state not in (None, PipelineState.DONE):
            raise InputError(
                f"`--runner` ended as {state}; what is done is kept: give "
                "the same command again."
            )
    seconds = time.monotonic() - began
    if missing := set(left) - shards_done(job.output):
        raise InputError(
            f"`--runner` left {len(missing)} of {job.work.shards} shards "
            "undone: give the same command again."
        )
    dead = sum(read_file(job.part(DEAD, one)).count(b"\n") for one in left)
    explained = job.work.images - skipped - dead
    return Counts(explained, dead, skipped, seconds)


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
        "list_sha256": f"another list of {stored.get('images')} images",
    }
    for name, told in words.items():
        if stored.get(name) != wanted[name]:
            raise InputError(
                f"`--output` holds the work of {told}, received {output}: "
                "give that again, another folder, or --overwrite."
            )


def _versions() -> dict[str, str]:
    found = {name: metadata.version(name) for name in _PACKAGES}
    return {"tf_explainer": __version__, **found}
