"""A grid of runs in processes of their own, skipping what is done."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console

from tf_explainer.config.settings import OF_TRAINING, Settings, changed_settings
from tf_explainer.errors import InputError
from tf_explainer.experiments.group import RunFiles
from tf_explainer.experiments.plan import ExperimentPlan, PlannedRun
from tf_explainer.runs.claim import claimed
from tf_explainer.runs.machine import parallel_groups
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS
from tf_explainer.runs.stopping import done_at_stop
from tf_explainer.whole_files import atomic_write

# What the tables need; the rest is for people and servers.
NUMBERS = ("performer", "explain", "evaluate")


class Experiment:
    """Does the runs of a plan that are not done yet.

    Runs that share a performer are one group, done in one process.

    Args:
        plan: The runs.
        out: Folder for all of them.
        console: Where progress is shown; standard error by default.
        report: Whether each run also writes its report and served model.
        threads: Threads of each process. Numbers depend on them, so that how
            many processes run beside each other must not.
    """

    def __init__(
        self,
        plan: ExperimentPlan,
        out: Path,
        console: Console | None = None,
        report: bool = False,
        threads: int = 1,
    ) -> None:
        self.plan = plan
        self.out = Path(out).resolve()
        self.steps = tuple(STEPS) if report else NUMBERS
        self.threads = threads
        self._console = console or Console(stderr=True, soft_wrap=True)
        self._children: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopping = False

    def files(self, run: PlannedRun) -> RunFiles:
        """Returns the files of a run.

        Args:
            run: A run of the plan.
        """
        return RunFiles(self.out / run.folder)

    def state(self, run: PlannedRun) -> str:
        """Returns `done`, `changed`, `failed`, `begun` or `to do`.

        A run is `changed` that was done with other options than the plan now
        has; it is not done anew, but counts as failed.

        Args:
            run: A run of the plan.
        """
        files = self.files(run)
        state = files.state(self.steps)
        if state == "done":
            wanted = Settings().with_options(self._options(run))
            changes = changed_settings(wanted, files.folder.settings())
            # The whole folder may have been moved.
            if set(changes) - {"performer"}:
                return "changed"
        return state

    def groups(self, only: str = "") -> list[list[PlannedRun]]:
        """Returns what is to do, failed runs included, group by group.

        Args:
            only: Only runs whose folder contains this text, and those whose
                performer they need.

        Raises:
            InputError: If there is no such run.
        """
        folders = [run.folder for run in self.plan.runs]
        if not any(only in folder for folder in folders):
            raise InputError(
                "`--only` must be part of a run's folder, such as "
                f"{folders[0]!r}, received {only!r}."
            )
        groups: dict[str, list[PlannedRun]] = {}
        for run in self.plan.runs:
            groups.setdefault(run.group, []).append(run)
        left = (self._left(runs, only) for runs in groups.values())
        return [runs for runs in left if runs]

    def run(self, parallel: int | None = None, only: str = "") -> int:
        """Does what is not done, failed runs included.

        Args:
            parallel: How many groups at the same time; `None` for as many as
                there are cores and memory for.
            only: See `groups`.

        Returns:
            How many runs failed.

        Raises:
            InputError: If another process works in the folder, or `only`
                names no run.
            KeyboardInterrupt: If the user stopped it; the runs under way have
                been stopped so that they can go on.
        """
        with claimed(self.out):
            return self._run(parallel, only)

    def _run(self, parallel: int | None, only: str) -> int:
        groups = self.groups(only)
        self._write_plan()
        for run in self.plan.runs:
            if self.state(run) == "done":
                # It failed under a plan that has been taken back.
                self.files(run).failed.unlink(missing_ok=True)
        self._tell_other_threads()
        parallel = parallel or parallel_groups(len(groups), self.threads)
        with done_at_stop(self._kill), ThreadPoolExecutor(parallel) as pool:
            futures = [pool.submit(self._do_group, runs) for runs in groups]
            try:
                return sum(future.result() for future in futures)
            except BaseException:
                self._stop()
                raise

    def _tell_other_threads(self) -> None:
        """Says where runs done before may differ from those to come."""
        folders = [self.files(run).folder for run in self.plan.runs]
        done = [folder for folder in folders if folder.is_done("explain")]
        records = [folder.record("explain") for folder in done]
        found = Counter(
            record["machine"]["threads"]
            for record in records
            if "machine" in record
        )
        for threads, count in found.items():
            if threads != self.threads:
                self._console.print(
                    f"{count} of the runs done had {threads} threads, not "
                    f"{self.threads}: their numbers differ by that, too."
                )

    def _left(self, runs: list[PlannedRun], only: str) -> list[PlannedRun]:
        left = [
            run
            for run in runs
            if only in run.folder and self.state(run) != "done"
        ]
        first = runs[0]
        if left and left[0] is not first:
            if not self.files(first).folder.is_done("performer"):
                left.insert(0, first)
        return left

    def _write_plan(self) -> None:
        facts = [run.facts() for run in self.plan.runs]
        with atomic_write(self.out / "jobs.json") as beside:
            text = json.dumps(facts, indent=2)
            beside.write_text(text + "\n", encoding="utf-8")

    def _stop(self) -> None:
        self._stopping = True
        with self._lock:
            for child in self._children:
                # A shell's background jobs do not listen to SIGINT.
                child.terminate()

    def _kill(self) -> None:
        """Ends the processes that have not ended by themselves."""
        for child in list(self._children):
            child.kill()

    def _do_group(self, runs: list[PlannedRun]) -> int:
        if self._stopping:
            return 0
        for run in runs:
            files = self.files(run)
            # Of an earlier attempt; it must not speak for this one.
            files.failed.unlink(missing_ok=True)
            with atomic_write(files.config) as beside:
                text = toml_text(self._options(run))
                beside.write_text(text, encoding="utf-8")
        status, last = self._call(runs)
        if self._stopping:
            return 0
        left = [run for run in runs if self.state(run) != "done"]
        for run in left:
            if not self.files(run).failed.is_file():
                # Stopped, killed, out of memory: it could not say so itself.
                self._fail(run, f"ended with status {status}: {last}")
        return len(left)

    def _options(self, run: PlannedRun) -> dict[str, Any]:
        options = dict(run.options)
        first = next(one for one in self.plan.runs if one.group == run.group)
        if run is not first and "performer" not in options:
            # The first run of the group has used them up.
            for name in OF_TRAINING:
                options.pop(name, None)
            performer = OutFolder(self.out / first.folder).performer
            options["performer"] = performer
        return options

    def _call(self, runs: Sequence[PlannedRun]) -> tuple[int, str]:
        """Returns the exit status and the last line of standard error."""
        limits = dict.fromkeys(
            ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
            str(self.threads),
        )
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
        command = [sys.executable, "-m", "tf_explainer.experiments.group"]
        command += [",".join(self.steps)]
        command += [str(self.out / run.folder) for run in runs]
        log = self.out / f"{runs[0].group}.log"
        # What an earlier attempt said is none of this one's last words.
        said = log.stat().st_size if log.is_file() else 0
        # Ctrl-C must reach it from here alone, once.
        with (
            open(log, "a", encoding="utf-8") as errors,
            subprocess.Popen(
                command,
                # It ends when nobody holds the other end.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
                env={**quiet, **os.environ, **limits},
            ) as child,
        ):
            with self._lock:
                self._children.add(child)
                if self._stopping:
                    # It began too late for `_stop` to see it.
                    child.terminate()
            for line in child.stdout or ():
                self._console.print(
                    line.rstrip(), highlight=False, markup=False
                )
            with self._lock:
                self._children.discard(child)
        text = log.read_bytes()[said:].decode("utf-8", "replace")
        lines = text.split("\n")
        told = [line.strip() for line in lines if line.strip()]
        return child.wait(), told[-1] if told else "it says nothing"

    def _fail(self, run: PlannedRun, why: str) -> None:
        self.files(run).fail(why)
        self._console.print(
            f"failed  {run.folder}: {why}", highlight=False, markup=False
        )


def toml_text(options: Mapping[str, Any]) -> str:
    """Returns options as a TOML file for `--config`.

    Args:
        options: Field of `Settings` to value; None is left out.
    """
    return "".join(
        f"{name} = {_toml(value)}\n"
        for name, value in options.items()
        if value is not None
    )


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{_toml(k)} = {_toml(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    # JSON's texts, numbers and truth values are TOML's but for two things:
    # TOML knows no pairs of surrogates, and wants DEL escaped.
    text = str(value) if isinstance(value, Path) else value
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
