"""Images that would fill the memory: counted before they are decoded."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

from tests.torture.bomb_files import bmp, gif, jpeg, png, webp
from tests.torture.bomb_worker import WAYS
from tests.torture.processes import ONE_THREAD, work_folder
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.readers import READERS

# What a header and its text may take, in MiB; the least bomb decodes to 270.
_MOST_MIB = 150


def bombs() -> dict[str, bytes]:
    """Files with more pixels than are read."""
    samples = READERS["images"].samples(Path())
    good = {
        kind: next(one for one in samples if mark in one[:16])
        for kind, mark in (
            *(("jpeg", b"\xff\xd8"), ("bmp", b"BM"), ("webp", b"WEBPVP8 ")),
        )
    }
    return {
        "gray.png": png(40_000, 40_000, 8, 0),
        "bits.png": png(60_000, 60_000, 1, 0),
        "deep.png": png(12_000, 12_000, 16, 2),
        "deep_gray.png": png(20_000, 20_000, 16, 0),
        "clear.png": png(10_000, 10_000, 16, 6),
        "long.png": png(70_000, 1, 8, 0),
        "huge.jpg": jpeg(good["jpeg"], 65_500),
        "huge.bmp": bmp(good["bmp"], 60_000),
        "huge.webp": webp(good["webp"], 16_383),
        "screen.gif": gif(16, 2, told=60_000),
    }


def allowed() -> dict[str, bytes]:
    """Files of which the first image is small enough, and all are not."""
    return {"animated.gif": gif(600, 2000)}


@promise(
    "bombs",
    "Pixels are counted in the header: an image that would fill the memory is "
    "refused before it is decoded.",
    "PNG of 1, 8 and 16 bits, gray, colored and clear, JPEG, BMP, WebP and GIF "
    "that tell up to 4.3 billion pixels; an animation of 2,000 images. "
    f"By {', '.join(WAYS)}, each in a process of its own, which may take "
    f"{_MOST_MIB} MiB more for it.",
    share=1,
)
def bombs_are_refused(budget: Budget, draw: random.Random) -> Outcome:
    """One process a way in."""
    outcome, most = Outcome(), 0
    with work_folder() as folder:
        for name, data in (bombs() | allowed()).items():
            (folder / name).write_bytes(data)
        for index in budget.cases(2, len(WAYS)):
            way = list(WAYS)[index]
            most = max(most, _tried(outcome, way, folder))
    outcome.noted = f"{most} MiB more at most"
    return outcome


def _tried(outcome: Outcome, way: str, folder: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.bomb_worker", way, str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, **ONE_THREAD},
    )
    most = 0
    names = {*bombs_names(folder)}
    for line in done.stdout.splitlines():
        if not line.startswith('{"name"'):
            continue
        told = json.loads(line)
        names.discard(told["name"])
        outcome.cases += 1
        most = max(most, told["mib"])
        where = f"{way}, {told['name']}"
        fits = told["mib"] <= _MOST_MIB
        outcome.check(fits, f"{where}: {told['mib']} MiB more")
        if told["name"] not in allowed_names():
            said = told["said"]
            fine = "pixels are too many" in said or "cut off" in said
            outcome.check(fine, f"{where}: {said}")
    told = f"{way}: it ended with {done.returncode}: {done.stderr[-200:]}"
    outcome.check(not names, told)
    return most


def bombs_names(folder: Path) -> list[str]:
    """Returns the names of all files."""
    return [path.name for path in folder.iterdir() if path.is_file()]


def allowed_names() -> tuple[str, ...]:
    """Returns the names of those that are read."""
    return ("animated.gif",)
