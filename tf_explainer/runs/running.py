"""One step after the other."""

import importlib
import shlex
import time
from collections.abc import Sequence

import keras
from rich.console import Console

from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.runs.job import Job, KeptFeatures
from tf_explainer.runs.machine import machine_facts
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS
from tf_explainer.runs.stopping import done_at_stop
from tf_explainer.runs.team import led_team


def run(
    settings: Settings,
    folder: OutFolder,
    steps: Sequence[str] = tuple(STEPS),
    console: Console | None = None,
    kept: KeptFeatures | None = None,
    leaves_out: bool = False,
) -> None:
    """Does the steps that are not done yet, in order.

    Args:
        settings: What the run does.
        folder: Where it reads and writes, from `open_folder`, which keeps
            other processes out.
        steps: Keys of `STEPS`.
        console: Where progress is shown; standard error by default.
        kept: Features that earlier runs left, and for later ones.
        leaves_out: Whether steps that measure are left out, and not refused,
            where the images have no categories.

    Raises:
        InputError: If something in the settings does not fit.
    """
    console = console or Console(stderr=True)
    learns = "explain" in steps and not folder.is_done("explain")
    with led_team(settings.strategy if learns else "none") as team:
        job = Job(
            settings,
            folder,
            console,
            kept or KeptFeatures(),
            strategy=team.strategy,
            call_others=team.begin,
        )
        _do_steps(job, steps, leaves_out)


def _do_steps(job: Job, steps: Sequence[str], leaves_out: bool) -> None:
    for number, step in enumerate(steps, start=1):
        head = f"[bold]{number}/{len(steps)} {step}[/]: {STEPS[step].title}"
        if job.folder.is_done(step):
            job.console.print(f"{head} — done before", highlight=False)
            continue
        outdated = job.folder.outdated(steps)
        try:
            if _is_left_out(step, job, leaves_out):
                job.console.print(f"{head} — left out", highlight=False)
                continue
            job.console.print(head, highlight=False)
            _do(step, job)
        except Exception:
            # Of a full disk, too.
            _put_back(step, job)
            raise
        seconds = job.folder.seconds()[step]
        job.console.print(f"    done in {seconds:.0f} s", highlight=False)
        if outdated:
            _tell_outdated(outdated, job)


def _is_left_out(step: str, job: Job, leaves_out: bool) -> bool:
    if not STEPS[step].measures or _has_categories(job):
        return False
    if not leaves_out:
        raise InputError(
            f"The step {step} needs the images' categories, which "
            f"`--data` {job.settings.data} does not tell; sort the "
            "images into one folder a category."
        )
    return True


def _has_categories(job: Job) -> bool:
    # The record says so without a look at the images.
    return job.folder.record("performer").get("categories") != []


def _tell_outdated(names: Sequence[str], job: Job) -> None:
    """Says what this step made out of date, and how to have it again."""
    out = shlex.quote(str(job.folder.path))
    job.console.print(
        f"    removed, since out of date: {', '.join(names)}; to have it "
        f"again: tf-explainer run --out {out} --resume",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _put_back(step: str, job: Job) -> None:
    """Gives the old run back where the new one failed at the start."""
    if not job.folder.is_begun(step) and job.folder.replaced.put_back():
        job.console.print("    what was there before is back")


def _do(step: str, job: Job) -> None:
    """Does one step; its record is written when all of its files are."""
    began = time.perf_counter()

    def add_seconds() -> None:
        job.folder.add_seconds(step, time.perf_counter() - began)

    # Also of an attempt that is stopped: `seconds` adds them all up.
    with done_at_stop(add_seconds):
        keras.utils.set_random_seed(job.settings.seed)
        module = importlib.import_module(
            f"tf_explainer.runs.{STEPS[step].home}"
        )
        record = getattr(module, step)(job)
    _store_seconds(job.folder)
    job.folder.finish(step, {**record, "machine": machine_facts()})


def _store_seconds(folder: OutFolder) -> None:
    if folder.result.is_file():
        result = folder.read_result()
        result["seconds"] = folder.seconds()
        folder.write_json(folder.result, result)
