"""A grid of runs, each in a process of its own, skipping what is done."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console

from tf_explainer.atomic_write import atomic_write
from tf_explainer.steps.experiment_plan import ExperimentPlan, PlannedRun
from tf_explainer.steps.out_folder import OutFolder
from tf_explainer.steps.step_order import STEPS

_STOPPED = 130
# Options that the first run of a group has used up.
_OF_PERFORMER = ("backbone", "weights", "performer_epochs", "image_size")


class Experiment:
    """Does the runs of a plan that are not done yet.

    Args:
        plan: The runs.
        out: Folder for all of them.
        console: Where progress is shown; standard error by default.
    """

    def __init__(
        self, plan: ExperimentPlan, out: Path, console: Console | None = None
    ) -> None:
        self.plan = plan
        self.out = Path(out)
        self._console = console or Console(stderr=True)
        self._children: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopping = False

    def state(self, run: PlannedRun) -> str:
        """Returns `done`, `failed`, `begun` or `to do`.

        Args:
            run: A run of the plan.
        """
        folder = OutFolder(self.out / run.folder)
        if folder.is_ours() and all(folder.is_done(step) for step in STEPS):
            return "done"
        if _beside(folder.path, "failed.txt").is_file():
            return "failed"
        begun = folder.is_ours() and folder.has_work()
        return "begun" if begun else "to do"

    def run(self, parallel: int = 1, only: str = "") -> int:
        """Does what is not done, failed runs included.

        Args:
            parallel: How many groups at the same time.
            only: Only runs whose folder contains this text.

        Returns:
            How many runs failed.

        Raises:
            KeyboardInterrupt: If the user stopped it; the runs under way have
                been stopped so that they can go on.
        """
        self._write_plan()
        groups: dict[str, list[PlannedRun]] = {}
        for run in self.plan.runs:
            groups.setdefault(run.group, []).append(run)
        with ThreadPoolExecutor(parallel) as pool:
            futures = [
                pool.submit(self._do_group, runs, parallel, only)
                for runs in groups.values()
            ]
            try:
                return sum(future.result() for future in futures)
            except BaseException:
                self._stop()
                raise

    def _write_plan(self) -> None:
        facts = [run.facts() for run in self.plan.runs]
        with atomic_write(self.out / "jobs.json") as beside:
            text = json.dumps(facts, indent=2)
            beside.write_text(text + "\n", encoding="utf-8")

    def _stop(self) -> None:
        self._stopping = True
        with self._lock:
            for child in self._children:
                child.send_signal(signal.SIGINT)

    def _do_group(
        self, runs: list[PlannedRun], parallel: int, only: str
    ) -> int:
        failed = 0
        for run in runs:
            first = runs[0]
            wanted = only in run.folder or (
                # Its performer is needed by another one.
                run is first and any(only in other.folder for other in runs)
            )
            if self._stopping or not wanted or self.state(run) == "done":
                continue
            if run is not first and self.state(first) != "done":
                self._fail(run, f"its performer, {first.folder}, is missing")
                failed += 1
                continue
            failed += not self._do(run, self._options(run, first), parallel)
        return failed

    def _options(self, run: PlannedRun, first: PlannedRun) -> dict[str, Any]:
        options = dict(run.options)
        if run is not first and "performer" not in options:
            for name in _OF_PERFORMER:
                options.pop(name, None)
            performer = OutFolder(self.out / first.folder).performer
            options["performer"] = performer
        return options

    def _do(
        self, run: PlannedRun, options: Mapping[str, Any], parallel: int
    ) -> bool:
        folder = OutFolder(self.out / run.folder)
        config = _beside(folder.path, "toml")
        with atomic_write(config) as beside:
            beside.write_text(toml_text(options), encoding="utf-8")
        command = [sys.executable, "-m", "tf_explainer", "run"]
        command += ["--config", str(config), "--out", str(folder.path)]
        if folder.is_ours() and folder.has_work():
            command.append("--resume")
        began = time.perf_counter()
        self._console.print(f"begun   {run.folder}", highlight=False)
        status, last = self._call(
            command, _beside(folder.path, "log"), parallel
        )
        if status == _STOPPED or self._stopping:
            return True
        if status:
            self._fail(run, last)
            return False
        _beside(folder.path, "failed.txt").unlink(missing_ok=True)
        seconds = time.perf_counter() - began
        self._console.print(
            f"done    {run.folder} in {seconds:.0f} s", highlight=False
        )
        return True

    def _call(
        self, command: list[str], log: Path, parallel: int
    ) -> tuple[int, str]:
        """Returns the exit status and the last line of standard error."""
        cores = os.cpu_count() or 1
        threads = {"TF_NUM_INTRAOP_THREADS": str(max(1, cores // parallel))}
        # Ctrl-C must reach it from here alone, once.
        with (
            open(log, "a", encoding="utf-8") as file,
            subprocess.Popen(
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                env={**(threads if parallel > 1 else {}), **os.environ},
            ) as child,
        ):
            with self._lock:
                self._children.add(child)
            last = ""
            for line in child.stderr or ():
                file.write(line)
                last = line.strip() or last
            with self._lock:
                self._children.discard(child)
        return child.wait(), last

    def _fail(self, run: PlannedRun, why: str) -> None:
        folder = self.out / run.folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        path = _beside(folder, "failed.txt")
        path.write_text(why + "\n", encoding="utf-8")
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
        pairs = (f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    # JSON's texts, numbers and truth values are TOML's.
    return json.dumps(str(value) if isinstance(value, Path) else value)


def _beside(folder: Path, ending: str) -> Path:
    """Returns a file beside an `--out` folder, which holds only its own."""
    return folder.with_name(f"{folder.name}.{ending}")
