"""SIGKILL for the work on many images."""

import random
from pathlib import Path

from tests.torture.more_kills import ended, killed
from tests.torture.processes import some_seconds, work_folder
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.run_folders import dots, finished_run

IMAGES = 60


@promise(
    "killed batch",
    "Nothing is lost or doubled where `batch` is killed.",
    f"`batch` of {IMAGES} images in shards of two, one of them no image; "
    "SIGKILL by turns of the parent alone and of the group, then the same "
    "command; numbers, contributions and dead letters are compared with work "
    "that nobody killed.",
    share=3,
    extra="batch",
)
def killed_batch(budget: Budget, draw: random.Random) -> Outcome:
    """One piece of work, killed again and again."""
    outcome, run = Outcome(), finished_run()
    with work_folder() as folder:
        images = dots(folder / "dots", IMAGES - 1) / "images"
        (images / "none.png").write_text("no image")
        whole, out = folder / "whole", folder / "out"
        words = ["batch", run, "--input", images, "--shard-size", 2]
        if not ended([*words, "--output", whole], folder / "w", outcome):
            return outcome
        for index in budget.cases(2, 20):
            wait, alone = 5 + some_seconds(draw, 8), index % 2 == 1
            again = [*words, "--output", out]
            killed(again, folder / "tmp", wait, alone, outcome)
        if ended([*words, "--output", out], folder / "tmp", outcome):
            same = _found(out) == _found(whole)
            outcome.check(same, "lost, doubled or other answers")
    return outcome


def _found(out: Path) -> tuple[list, list]:
    """Answers in the order of the images, and what was said of the others."""
    import pyarrow.parquet as pq

    rows = [
        (row["number"], row["category"], row["contributions"])
        for path in sorted((out / "explained").glob("part-*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]
    letters = [
        line
        for path in sorted((out / "dead_letters").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return sorted(rows), letters
