"""A run with a damaged file: named in one line, or not needed."""

import os
import random
import shutil

import numpy as np

from tests.torture.calls import called
from tests.torture.processes import work_folder
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.run_folders import dots, finished_run

HIDDEN = ".tf_explainer"
# Each file, and the commands that read it. A command that does not may end
# well; one that does must say which file it is.
READERS = {
    "explainer.keras": ("show", "name", "export"),
    "performer.keras": ("report",),
    "result.json": ("report", "name"),
    f"{HIDDEN}/observation.npz": ("report",),
    f"{HIDDEN}/settings.json": ("show", "report", "export"),
    f"{HIDDEN}/seconds.json": ("report",),
    f"{HIDDEN}/performer.json": ("report",),
    f"{HIDDEN}/explain.json": ("report",),
    f"{HIDDEN}/evaluate.json": ("report",),
    f"{HIDDEN}/report.json": ("report",),
}


def empty(path):
    """Nothing is left."""
    path.write_bytes(b"")


def cut(path):
    """The first half is left."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def other(path):
    """Something of the same kind, of no use here."""
    if path.suffix == ".keras":
        names = {"explainer": "performer", "performer": "explainer"}
        shutil.copy(path.with_stem(names[path.stem]), path)
    elif path.suffix == ".npz":
        np.savez(path, a=np.zeros(3))
    else:
        path.write_text('{"of": ["another", {"version": null}]}')


def folder(path):
    """A folder of that name."""
    path.unlink()
    path.mkdir()


def arguments(command, run, animals, out):
    """How a command is called."""
    return {
        "show": ["show", run, animals / "images" / "3.png", "--out", out],
        "name": ["name", run, "1=head"],
        "export": ["export", run, "--out", out],
        "report": ["report", "--out", run, "--overwrite"],
    }[command]


def contents(run):
    """All files but the lock, with their sizes."""
    return {
        str(path.relative_to(run)): path.stat().st_size
        for path in run.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def fault_of(command, run, name, status, told, before):
    """Says what is wrong with how a command took a damaged file."""
    if status == 0:
        # Of records no more may be read than that they are there.
        fine = name.endswith(".json") and HIDDEN in name
        return "" if fine else f"{command} does not see {name}: {told}"
    if status != 2 or not told.startswith("error: "):
        return f"{command}, {name}: status {status}, {told}"
    # Without a record the step counts as not done; without settings it is no
    # run of ours at all.
    step = os.path.basename(name).removesuffix(".json")
    if step not in told and "settings" not in name:
        return f"{command} does not name {name}: {told}"
    if contents(run) != before:
        return f"{command}, {name}: something was lost"
    return ""


@promise(
    "damaged runs",
    "A damaged file of a run is named in one line, and nothing is lost.",
    "Each file of a run, empty, cut, another one, a folder; each command that "
    "reads it.",
    share=1,
)
def damaged_runs(budget: Budget, draw: random.Random) -> Outcome:
    """All of them, or as many as there is time for, by chance."""
    outcome = Outcome()
    cases = [
        (name, damage, command)
        for name, readers in READERS.items()
        for damage in (empty, cut, other, folder)
        for command in readers
    ]
    draw.shuffle(cases)
    with work_folder() as place:
        images = dots(place / "dots")
        for index in budget.cases(4, len(cases)):
            name, damage, command = cases[index]
            run = place / str(index)
            shutil.copytree(finished_run(), run)
            damage(run / name)
            before = contents(run)
            words = arguments(command, run, images, place / f"out{index}")
            status, told = called(words)
            outcome.cases += 1
            fault = fault_of(command, run, name, status, told, before)
            outcome.check(not fault, f"{damage.__name__}: {fault}")
            shutil.rmtree(run)
    return outcome
