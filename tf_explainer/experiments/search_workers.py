"""A search in several processes: one chief, and workers that do trials."""

import contextlib
import json
import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from rich.console import Console

from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.config.search import TuneSettings, address, check_worker
from tf_explainer.errors import InputError
from tf_explainer.experiments.search import new_tuner, tell_trial, tune
from tf_explainer.experiments.search_folder import TuneFolder
from tf_explainer.experiments.search_images import TrainingImages, hyper_model
from tf_explainer.features.shared_features import SharedFeatures
from tf_explainer.tuning import TrialRow
from tf_explainer.tuning.chief import PATIENCE, ChiefServer
from tf_explainer.tuning.trials import trial_number
from tf_explainer.tuning.worker import NO_ANSWER, READY, ChiefCalls
from tf_explainer.whole_files import atomic_write

_ANY = ("0.0.0.0", "[::]")
_POLL = 1.0
# Else a worker called oracle would write over the file of that name.
_WORKER = "worker-"
_NAMES = ("TUNER_ID", "ORACLE_IP", "ORACLE_PORT")


@contextlib.contextmanager
def keras_tuner_role(name: str, host: str, port: int) -> Iterator[None]:
    """Tells keras-tuner who this process is, while a block runs.

    Args:
        name: `chief`, or that of a worker.
        host: Where the chief is.
        port: Its port.
    """
    told = dict(zip(_NAMES, (name, host, str(port)), strict=True))
    told = {f"KERASTUNER_{name}": value for name, value in told.items()}
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def lead(
    settings: TuneSettings,
    given: Mapping[str, Any],
    folder: TuneFolder,
    console: Console | None = None,
) -> list[TrialRow]:
    """Prepares a search, and hands its trials to workers until none is left.

    The performer and its features are made once, here; the workers read them
    from the folder.

    Args:
        settings: What the search does; its `chief` is where to listen.
        given: The options that the user gave.
        folder: From `open_tune_folder`; all workers must see it.
        console: Where progress is shown; standard error by default.

    Returns:
        The trials, the best one first.

    Raises:
        InputError: If the address cannot be had, if no worker comes, and
            where `tune` does.
    """
    console = console or Console(stderr=True)

    def lost(name: str, trial: Any) -> None:
        seconds, doing = f"{settings.worker_timeout:g} s", ""
        if trial is not None:
            doing = f"; trial {trial_number(trial)} is given to another one"
        if trial is not None and trial.status == "FAILED":
            doing = f"; trial {trial_number(trial)} has lost too many"
        known = name.removeprefix(_WORKER)
        _say(console, f"worker {known}: no news for {seconds}{doing}")

    host, port = address(settings.chief or "")
    known = _read_chief(folder)
    key = known.get("key") or secrets.token_hex(16)
    server = ChiefServer(host, port, key, settings.worker_timeout, lost)
    with contextlib.closing(server):
        shown = socket.gethostname() if host in _ANY else host
        where = f"{shown}:{server.port}"
        _write_chief(folder, {"address": where, "key": key, "over": False})
        _say(console, f"chief at {where}; for each worker:")
        _say(console, f"tf-explainer tune --out {folder.path} --worker NAME")
        with keras_tuner_role("chief", host, server.port):
            rows = tune(settings, given, folder, console, server)
        _write_chief(folder, {"address": where, "key": key, "over": True})
    return rows


def work(
    out: Path,
    name: str,
    chief: str | None = None,
    timeout: float = 60.0,
    console: Console | None = None,
) -> int:
    """Does trials for a chief until the search is over.

    Args:
        out: The `--out` folder of the chief.
        name: Of this worker; one that comes back under its name gets the
            trial again that it had.
        chief: `HOST:PORT`; `None` reads it from the folder.
        timeout: Seconds to wait for an answer of the chief; ten times as long
            for the first one.
        console: Where progress is shown; standard error by default.

    Returns:
        How many trials it did.

    Raises:
        InputError: If there is no chief, if it is lost, if another worker has
            the name, or if the images here are others.
    """
    check_worker(name)
    console = console or Console(stderr=True)
    folder = TuneFolder(out)
    done: list[str] = []
    calls = _found_chief(folder, name, chief, timeout, console)
    if calls is None:
        _say(console, f"the search in {out} is over")
        return 0
    settings = TuneSettings(**folder.options())
    job = TrainingImages(settings, folder.performer, console)
    shared = SharedFeatures(folder.features, computes=False)
    host, _, port = calls.address.rpartition(":")
    role = keras_tuner_role(_WORKER + name, host, int(port))
    with _name_taken(folder, name), role, ProgressBar("", console) as bar:
        model = hyper_model(job, folder.options(), bar, shared)
        model.prepare()

        def told(trial: Any) -> None:
            tell_trial(trial, tuner, bar)
            if trial.status != "RUNNING":
                done.append(trial.trial_id)

        tuner = new_tuner(settings, model, folder, told, calls=calls)
        tuner.search()
    _say(console, f"{name} has done {len(done)} trials; the search is over")
    return len(done)


def _found_chief(
    folder: TuneFolder,
    name: str,
    chief: str | None,
    timeout: float,
    console: Console,
) -> ChiefCalls | None:
    """How to ask the chief, once it is ready; `None` if all is over."""
    heard, said = time.monotonic(), ""
    while True:
        known = _read_chief(folder)
        if known.get("over") and not chief:
            return None
        where, state = chief or known.get("address", ""), NO_ANSWER
        if known and where:
            calls = ChiefCalls(
                _whole(where), _WORKER + name, known["key"], timeout
            )
            if (state := calls.state()) == READY:
                return calls
            # A new one asks at once, an old one waits longer each time.
            calls.close()
        if state != NO_ANSWER:
            heard = time.monotonic()
        elif time.monotonic() - heard > PATIENCE * timeout:
            if known.get("over"):
                return None
            raise InputError(
                f"No chief answers for the search in {folder.path}, waited "
                f"{PATIENCE * timeout:g} s. Begin it with --chief HOST:PORT."
            )
        if said != (said := state):
            place = where or folder.path
            _say(console, f"waiting for the chief at {place}: {state}")
        time.sleep(_POLL)


def _whole(where: str) -> str:
    host, port = address(where, listens=False)
    return f"{host}:{port}"


@contextlib.contextmanager
def _name_taken(folder: TuneFolder, name: str) -> Iterator[None]:
    """Keeps a second worker of the same name out."""
    folder.workers.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.workers / f"{name}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise InputError(
            f"`--worker` {name} is at work already in {folder.path}; take "
            "another name."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _read_chief(folder: TuneFolder) -> dict[str, Any]:
    try:
        return json.loads(folder.chief.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def _write_chief(folder: TuneFolder, told: Mapping[str, Any]) -> None:
    with atomic_write(folder.chief) as beside:
        # The key is for those alone who may read the folder as its owner.
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(told) + "\n", encoding="utf-8")


def _say(console: Console, line: str) -> None:
    console.print(f"    {line}", highlight=False, markup=False, soft_wrap=True)
