"""SIGKILL for the commands beside `run`: export, tune, experiment."""

import csv
import random
from pathlib import Path

from tests.torture.processes import Command, some_seconds, work_folder
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.run_folders import dots, finished_run, leftovers, weights_of

_NEVER = "a line that nobody says"
_OPTIONS = [
    *("--image-size", 32, "--performer-epochs", 1, "--epochs", 2),
    *("--batch-size", 9, "--filter-loss", "exact"),
]
_PLAN = """seeds = [0]
[options]
epochs = 2
image-size = 32
performer-epochs = 1
batch-size = 9
[networks.small]
[data.dots]
data = {data!r}
multi = ["red", "green"]
[variants.explainer]
"""


def killed(
    words: list,
    temporary: Path,
    seconds: float,
    alone: bool,
    outcome: Outcome,
) -> None:
    """Starts a command, kills it after a while, and counts one case."""
    command = Command(words, temporary)
    command.until(_NEVER, seconds)
    command.kill(alone)
    outcome.cases += 1
    who = "the parent" if alone else "the group"
    alive = command.survivors()
    outcome.check(not alive, f"{words[0]}, {who} killed: {alive}")
    fine = b"Traceback" not in command.said
    outcome.check(fine, f"{words[0]}: {command.last_line()}")


def ended(words: list, temporary: Path, outcome: Outcome) -> bool:
    """Whether a command went through; if not, that is a failure."""
    command = Command(words, temporary)
    status = command.end()
    command.survivors()
    told = f"{words[0]}: status {status}, {command.last_line()}"
    outcome.check(status == 0, told)
    return status == 0


@promise(
    "killed export",
    "A version of an exported model is there whole or not at all.",
    "`export` to a SavedModel and to LiteRT, SIGKILL of the group, then the "
    "same command; the files of each version are compared.",
    share=2,
)
def killed_export(budget: Budget, draw: random.Random) -> Outcome:
    """The same command again writes the next version."""
    outcome, run = Outcome(), finished_run()
    with work_folder() as folder:
        for name in ("savedmodel", "litert"):
            out = folder / name
            words = ["export", run, "--format", name, "--out", out]
            if name == "litert" and budget.left() < 60:
                break
            for index in budget.cases(1, 10):
                wait = 3 + some_seconds(draw, 11)
                killed(words, folder / "tmp", wait, index % 2 == 1, outcome)
            if not ended(words, folder / "tmp", outcome):
                continue
            *before, last = sorted(out.glob("[0-9]*"), key=_number)
            for version in before:
                fine = _files(version) == _files(last)
                outcome.check(fine, f"{name}: {version.name} is not whole")
            left = leftovers(out, folder / "tmp")
            outcome.check(not left, f"left behind: {left}")
    return outcome


def _number(version: Path) -> int:
    return int(version.name)


def _files(version: Path) -> set[str]:
    return {
        str(path.relative_to(version))
        for path in version.rglob("*")
        if path.is_file()
    }


@promise(
    "killed tune",
    "A search that is killed goes on with `--resume`, and finds the same.",
    "`tune` of 2 trials, SIGKILL of the group, `tune --resume`; its table is "
    "compared with that of a search that nobody killed, but for seconds.",
    share=3,
)
def killed_tune(budget: Budget, draw: random.Random) -> Outcome:
    """One search, killed again and again."""
    outcome = Outcome()
    with work_folder() as folder:
        data = dots(folder / "dots")
        more = ["--data", data, "--trials", 2, *_OPTIONS]
        whole, out = folder / "whole", folder / "out"
        if not ended(["tune", "--out", whole, *more], folder / "w", outcome):
            return outcome
        for index in budget.cases(1, 20):
            wait = 4 + some_seconds(draw, 16)
            words = _going_on("tune", out, more)
            killed(words, folder / "tmp", wait, index % 2 == 1, outcome)
        if ended(_going_on("tune", out, more), folder / "tmp", outcome):
            same = _trials(out) == _trials(whole)
            outcome.check(same, "the table of trials is another one")
            left = leftovers(out, folder / "tmp")
            outcome.check(not left, f"left behind: {left}")
    return outcome


def _going_on(command: str, out: Path, more: list) -> list:
    begun = any(out.rglob("options.json"))
    return [command, "--out", out, *(["--resume"] if begun else more)]


def _trials(out: Path) -> list[dict[str, str]]:
    with open(out / "trials.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [{k: v for k, v in row.items() if "second" not in k} for row in rows]


@promise(
    "killed experiment",
    "A grid whose parent is killed leaves no process; the same command goes "
    "on, and finds the same to the bit.",
    "`experiment` of one run, SIGKILL by turns of the parent "
    "alone and of the group; weights are compared with a grid that nobody "
    "killed.",
    share=3,
)
def killed_experiment(budget: Budget, draw: random.Random) -> Outcome:
    """One grid, killed again and again."""
    outcome = Outcome()
    with work_folder() as folder:
        data, plan = dots(folder / "dots"), folder / "plan.toml"
        plan.write_text(_PLAN.format(data=str(data)))
        words = ["experiment", plan, "--parallel", 1, "--out"]
        whole, out = folder / "whole", folder / "out"
        if not ended([*words, whole], folder / "w", outcome):
            return outcome
        for index in budget.cases(2, 20):
            wait = 4 + some_seconds(draw, 16)
            temporary = folder / "tmp"
            killed([*words, out], temporary, wait, index % 2 == 0, outcome)
        if ended([*words, out], folder / "tmp", outcome):
            for path in whole.rglob("explainer.keras"):
                other = out / path.relative_to(whole)
                same = other.is_file() and _equal(path, other)
                outcome.check(same, f"{path.parent.name} is another one")
            left = leftovers(out, folder / "tmp")
            outcome.check(not left, f"left behind: {left}")
    return outcome


def _equal(one: Path, other: Path) -> bool:
    first, second = weights_of(one), weights_of(other)
    return first.keys() == second.keys() and all(
        first[name].tobytes() == second[name].tobytes() for name in first
    )


@promise(
    "killed drawing",
    "No process goes on drawing images for a parent that is gone; a data set "
    "half drawn is drawn anew.",
    "`performer` on 4,000 drawn animals, which start processes that draw; "
    "SIGKILL of the parent alone, then the same with fewer images.",
    share=1,
)
def killed_drawing(budget: Budget, draw: random.Random) -> Outcome:
    """In a data folder of its own each time."""
    outcome = Outcome()
    with work_folder() as folder:
        for index in budget.cases(1, 6):
            data = folder / f"data{index}"
            words = _drawing(folder / f"out{index}", data, train=4000)
            command = Command(words, folder / "tmp")
            command.until("making data set", 60)
            command.until(_NEVER, some_seconds(draw, 4))
            command.kill(alone=True)
            outcome.cases += 1
            alive = command.survivors()
            outcome.check(not alive, f"still drawing: {alive}")
        words = _drawing(folder / "last", data, train=12)
        if ended(words, folder / "tmp", outcome):
            left = leftovers(folder / "last", folder / "tmp", data)
            outcome.check(not left, f"left behind: {left}")
    return outcome


def _drawing(out: Path, data: Path, train: int) -> list:
    words = ["performer", "--out", out, "--data-dir", data]
    words += ["--image-size", 32, "--performer-epochs", 1]
    options = ["--data-option", f"train={train}", "--data-option", "test=8"]
    return [*words, *options]
