"""SIGKILL at any moment: what was done stays, and the rest goes on."""

import random
from pathlib import Path

from tests.torture.processes import Command, some_seconds, work_folder
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.run_folders import (
    difference,
    drawn,
    finished_run,
    leftovers,
)
from tf_explainer.runs.step_order import STEPS

# Seconds from the line that a step shows until it is done, on one thread.
_LONG = {
    "performer": 5.0,
    "explain": 10.0,
    "evaluate": 11.0,
    "report": 2.5,
    "export": 9.0,
}
_START = 6.0
_CHAINS = 6


@promise(
    "killed run",
    "A run that is killed goes on with `--resume`, and finds to the bit what "
    "it would have found; no half file, no folder in TMPDIR is left.",
    "`run` on drawn animals and its steps, SIGKILL by turns of the whole group "
    "and of the parent alone, twice in each step and at its start, the drawing "
    "of the images included; then `run --resume`. Models, result.json and what "
    "was observed are compared with a run that nobody killed.",
    share=11,
)
def killed_run(budget: Budget, draw: random.Random) -> Outcome:
    """Chains of kills: each takes the run one step on."""
    outcome = Outcome()
    with work_folder() as folder:
        reference = finished_run()
        left = leftovers(
            reference, reference.parent / "tmp", reference.parent / "data"
        )
        outcome.check(not left, f"an unkilled run leaves {left}")
        for chain in budget.cases(1, _CHAINS):
            _chain(outcome, folder / str(chain), reference, budget, draw)
    return outcome


def _chain(
    outcome: Outcome,
    folder: Path,
    reference: Path,
    budget: Budget,
    draw: random.Random,
) -> None:
    """One run that is killed in each of its steps, or as time permits."""
    out, temporary = folder / "out", folder / "tmp"
    # Half of them find the images ready, the others are killed drawing them.
    fresh = outcome.cases == 0 or draw.random() < 0.5
    data = folder / "data" if fresh else reference.parent / "data"
    begin = ["run", "--out", out, *drawn(data)]
    twice = [step for step in ("", *STEPS) for _ in range(2)]
    for number, step in enumerate(twice):
        if outcome.cases and budget.left() < 60:
            break
        _kill_in(step, _words(begin, out), temporary, outcome, number, draw)
    last = Command(_words(begin, out), temporary)
    status = last.end()
    outcome.check(status == 0, f"resumed: {last.last_line()}")
    last.survivors()
    if status == 0:
        found = difference(out, reference)
        outcome.check(not found, f"after {outcome.cases} kills: {found}")
        left = leftovers(out, temporary, data)
        outcome.check(not left, f"left behind: {left}")


def _words(begin: list, out: Path) -> list:
    ours = (out / ".tf_explainer" / "settings.json").is_file()
    return ["run", "--out", out, "--resume"] if ours else begin


def _kill_in(
    step: str,
    words: list,
    temporary: Path,
    outcome: Outcome,
    number: int,
    draw: random.Random,
) -> None:
    command = Command(words, temporary)
    if step:
        command.until(f" {step}: ", 120)
        wait = some_seconds(draw, _LONG[step])
    else:
        wait = some_seconds(draw, _START)
    command.until("a line that nobody says", wait)
    command.kill(alone=number % 4 in (1, 2))
    outcome.cases += 1
    alive = command.survivors()
    outcome.check(not alive, f"killed in {step or 'its start'}: {alive}")
    outcome.check(
        b"Traceback" not in command.said,
        f"in {step or 'its start'}: {command.last_line()}",
    )
