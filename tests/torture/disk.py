"""Disks that are full, read-only, or gone: one line, and nothing is lost."""

import hashlib
import random
import shutil
from pathlib import Path

from tests.torture.calls import called, refusal_fault
from tests.torture.mounts import (
    disk,
    fill,
    make_read_only,
    why_no_mounts,
)
from tests.torture.processes import (
    Command,
    one_line,
    some_seconds,
    work_folder,
)
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.run_folders import dots, drawn, finished_run

_NEVER = "a line that nobody says"
_PLAN = """seeds = [0]
[networks.small]
[data.x]
data = {data!r}
multi = ["red", "green"]
[variants.explainer]
"""
_NEW = ["--image-size", 32, "--performer-epochs", 1, "--epochs", 1]


def _commands(run: Path, images: Path) -> dict[str, list]:
    """What writes into a finished run, each as it is called."""
    image = images / "images" / "3.png"
    redo = ["--out", run, "--overwrite"]
    return {
        "report": ["report", *redo],
        "run": ["run", *redo, *drawn(images.parent / "data")],
        "resume": ["run", "--out", run, "--resume"],
        "evaluate": ["evaluate", *redo],
        "explain": ["explain", *redo, "--epochs", 1],
        "name": ["name", run, "1=head"],
        "show": ["show", run, image],
        "export": ["export", run],
        "tables": ["tables", run.parent, "--out", run / "tables"],
        "tables of all": ["tables", run.parent, "--no-pictures"],
        "compare": ["compare", run, run, "--json", run / "x.json"],
        "fields": ["fields", run, "--quick"],
        "grad-cam": ["grad-cam", run, "--images", 2],
        "tune": ["tune", "--out", run / "t", "--data", images, *_NEW],
        "experiment": [
            *("experiment", images / "plan.toml", "--out", run / "e"),
            *("--parallel", 1),
        ],
    }


def _contents(run: Path) -> dict[str, str]:
    """All files but the lock and what fills the disk."""
    return {
        str(path.relative_to(run)): hashlib.md5(path.read_bytes()).hexdigest()
        for path in sorted(run.rglob("*"))
        if path.is_file() and path.name not in ("lock", ".filling")
    }


@promise(
    "full disk",
    "A full disk is one line and status 2; what was there before is whole.",
    "Each command that writes into a run, on a small tmpfs with a run on it "
    "that is full, or full after a few more KiB; in the end the run is "
    "compared with what it was.",
    share=2,
)
def full_disk(budget: Budget, draw: random.Random) -> Outcome:
    """With no room at all, and with some."""
    return _on_disks(budget, draw, read_only=False)


@promise(
    "read-only disk",
    "A disk that cannot be written is one line and status 2.",
    "The same commands on a tmpfs that is mounted read-only.",
    share=1,
)
def read_only_disk(budget: Budget, draw: random.Random) -> Outcome:
    """Nobody may write, root neither."""
    return _on_disks(budget, draw, read_only=True)


def _on_disks(budget: Budget, draw: random.Random, read_only: bool) -> Outcome:
    outcome = Outcome(skipped=why_no_mounts())
    if outcome.skipped:
        return outcome
    finished = finished_run()
    with work_folder() as folder:
        images = dots(folder / "dots")
        (images / "plan.toml").write_text(_PLAN.format(data=str(images)))
        shutil.copytree(finished.parent / "data", folder / "data")
        names = list(_commands(folder, images))
        least = len(names) if budget.seconds > 20 else 2
        for index in budget.cases(least, len(names) * (1 if read_only else 3)):
            name = names[index % len(names)]
            with disk(folder / "small", 60_000) as place:
                run = place / "run"
                shutil.copytree(finished, run)
                words = _commands(run, images)[name]
                if read_only:
                    make_read_only(place)
                else:
                    rounds = index // len(names)
                    fill(place, rounds * draw.randrange(1, 2**20))
                _refused(outcome, words, run, name)
    return outcome


def _refused(outcome: Outcome, words: list, run: Path, name: str) -> None:
    before = _contents(run)
    status, line = called(words)
    outcome.cases += 1
    if status == 0:
        # With room enough, or nothing to write.
        return
    if name == "experiment" and status == 1:
        # The run failed, and the grid says so.
        return
    fault = refusal_fault(words, status, line)
    outcome.check(not fault, fault)
    after = _contents(run)
    lost = {k for k, v in before.items() if after.get(k) != v}
    outcome.check(not lost, f"{name}: lost or changed {sorted(lost)[:5]}")


@promise(
    "folders of a run",
    "Images, temporary files and prepared data sets on a disk that is full, "
    "read-only or missing: one line and status 2.",
    "`performer` with `--data-dir`, TMPDIR and TFDS_DATA_DIR on such disks; "
    "what can do without goes through.",
    share=2,
)
def folders_of_a_run(budget: Budget, draw: random.Random) -> Outcome:
    """In processes of their own."""
    outcome = Outcome(skipped=why_no_mounts())
    if outcome.skipped:
        return outcome
    kinds = [
        (variable, state)
        for variable in ("--data-dir", "TFDS_DATA_DIR", "TMPDIR")
        for state in ("full", "read-only", "missing")
    ]
    with work_folder() as folder:
        for index in budget.cases(2, len(kinds)):
            variable, state = kinds[index]
            with disk(folder / "small", 256) as place:
                _unusable(place, state)
                wrong = place / "below" if state == "missing" else place
                command = _started(variable, wrong, folder / str(index))
                status = command.end()
                outcome.cases += 1
                if status != 0:
                    fault = one_line(command, status)
                    outcome.check(not fault, f"{variable} {state}: {fault}")
                command.survivors()
    return outcome


def _unusable(place: Path, state: str) -> None:
    if state == "full":
        fill(place, 8192)
    elif state == "read-only":
        make_read_only(place)


def _started(variable: str, wrong: Path, folder: Path) -> Command:
    words = ["performer", "--out", folder / "out", *_NEW[:4]]
    words += ["--data-option", "train=12", "--data-option", "test=8"]
    if variable == "--data-dir":
        return Command([*words, variable, wrong], folder / "tmp")
    if variable == "TFDS_DATA_DIR":
        env = {variable: str(wrong)}
        return Command(words, folder / "tmp", **env)
    words += ["--data-dir", folder / "data"]
    return Command(words, folder / "tmp", TMPDIR=str(wrong))


@promise(
    "folder removed",
    "A folder that somebody removes while a run reads or writes it is one line "
    "and status 2.",
    "`run`: the images, or its own folder, are removed at a random moment.",
    share=1,
)
def folder_removed(budget: Budget, draw: random.Random) -> Outcome:
    """By turns the images and the folder that is written."""
    outcome = Outcome()
    with work_folder() as folder:
        for index in budget.cases(2, 8):
            here = folder / str(index)
            images, out = dots(here / "dots"), here / "out"
            words = ["run", "--data", images, "--out", out, *_NEW]
            command = Command([*words, "--batch-size", 4], here / "tmp")
            command.until(" performer: ", 60)
            command.until(_NEVER, some_seconds(draw, 18))
            shutil.rmtree((images, out)[index % 2], ignore_errors=True)
            status = command.end()
            outcome.cases += 1
            if status != 0:
                # All may have been read before.
                which = ("the images", "the run")[index % 2]
                fault = one_line(command, status)
                outcome.check(not fault, f"{which} removed: {fault}")
            command.survivors()
    return outcome


@promise(
    "full screen",
    "What cannot be printed, since the disk behind it is full or who reads "
    "has gone, ends in no traceback.",
    "`options` and `--help` into /dev/full and into a pipe that is closed.",
    share=0.3,
    quick=True,
)
def full_screen(budget: Budget, draw: random.Random) -> Outcome:
    """By a shell, as people do."""
    import subprocess
    import sys

    outcome = Outcome()
    program = f"'{sys.executable}' -m tf_explainer"
    for words in ("options", "--help", "run --help"):
        for into in ("> /dev/full", "| head -c 1 > /dev/null"):
            done = subprocess.run(
                ["sh", "-c", f"{program} {words} {into}"],
                capture_output=True,
                text=True,
            )
            outcome.cases += 1
            said = done.stderr.strip()
            fine = "Traceback" not in said and "Exception" not in said
            fine &= len(said.splitlines()) <= 1
            outcome.check(fine, f"{words} {into}: {said[-200:]}")
    return outcome
