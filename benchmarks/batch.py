"""What `tf-explainer batch` costs, and what it loses when it is killed.

Of a run with an explainer: images a second in one process and in two, beside
a plain loop over the same SavedModel before and after; the largest process's
peak memory at several numbers of images; and a run that is killed by SIGKILL
at random moments and started again. Animals are drawn; where more are wanted,
the same ones come again under other names.

    python benchmarks/batch.py runs/demo > benchmarks/results/batch.md
    python benchmarks/batch.py runs/demo --images 100 400 --json
"""

import argparse
import json
import os
import platform
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from batch_page import page

# This process stays small, without TensorFlow: what it starts would count its
# memory as theirs.
_PROGRAM = [sys.executable, "-m", "tf_explainer"]
SIZE, BATCH, SHARD = 96, 32, 256
KILLED_SHARD = 16


def main(arguments: list[str] | None = None) -> None:
    """Prints the tables.

    Args:
        arguments: Those of the command line by default.
    """
    options = _parser().parse_args(arguments)
    if options.loop:
        print(json.dumps(loop(options.run, options.loop)))
        return
    if options.draw:
        draw(options.draw, options.drawn)
        return
    with tempfile.TemporaryDirectory() as place:
        found = measured(options, Path(place))
    print(json.dumps(found, indent=2) if options.json else page(found))


def measured(options: argparse.Namespace, place: Path) -> dict[str, Any]:
    """Returns all measurements.

    Args:
        options: Of the command line.
        place: Folder for images, model and results.
    """
    most = max(*options.images, options.loop_images, options.killed_images)
    drawn = min(options.drawn, most)
    _said([sys.executable, __file__, "-", "--draw", place / "drawn"], drawn)
    files = repeated(place / "drawn", most)
    exported = _said([*_PROGRAM, "export", options.run, "--out", place / "m"])
    model = exported.strip()
    lists = {
        count: _list(place, files[:count])
        for count in {*options.images, options.loop_images}
        | {options.killed_images}
    }
    before = _loop(model, lists[options.loop_images])
    runs = []
    for count in sorted(options.images):
        runs.append(_run(model, lists[count], place / f"one-{count}", 1))
    runs.append(_run(model, lists[count], place / "two", 2))
    summary = _summarized(place / f"one-{count}")
    after = _loop(model, lists[options.loop_images])
    whole = place / "whole"
    _run(model, lists[options.killed_images], whole, 1, KILLED_SHARD)
    names = "tensorflow", "keras", "apache-beam"
    return {
        "loops": [before, after],
        "runs": runs,
        "summary": summary,
        "killed": killed(
            model, lists[options.killed_images], place, whole, options.seed
        ),
        **{"size": SIZE, "batch": BATCH, "shard": SHARD},
        "drawn": drawn,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "versions": {name: metadata.version(name) for name in names},
    }


def _said(command: list[Any], drawn: int | None = None) -> str:
    """What a command prints, which must not fail."""
    more = [] if drawn is None else ["--drawn", drawn]
    words = [str(word) for word in (*command, *more)]
    return subprocess.run(
        words, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def draw(folder: Path, count: int) -> None:
    """Writes drawn animals.

    Args:
        folder: Folder to make.
        count: How many.
    """
    from tf_explainer.datasets.drawn_animals import (
        drawn_animals_dataset_builder as builder,
    )

    folder.mkdir()
    for one in builder.draw_examples(range(count), SIZE):
        (folder / f"{one['seed']:07d}.png").write_bytes(one["image"])


def repeated(folder: Path, count: int) -> list[Path]:
    """Returns files of a folder, the same again where there are too few.

    Args:
        folder: Where they lie, and where the others go.
        count: How many there have to be.
    """
    there = sorted(folder.iterdir())
    files = there[:count]
    for index in range(len(there), count):
        files.append(folder / f"again-{index:07d}.png")
        os.link(there[index % len(there)], files[-1])
    return files


def loop(model: Path, listed: Path) -> dict[str, Any]:
    """Returns what a plain loop takes: read, stack, ask, keep the answers.

    Args:
        model: A SavedModel.
        listed: File of paths, one a line.
    """
    import tensorflow as tf

    from tf_explainer.explainer.image_files import file_reader

    began = time.monotonic()
    read = file_reader((SIZE, SIZE, 3))
    explain = tf.saved_model.load(str(model)).signatures["explain"]
    paths = listed.read_text().splitlines()
    answers = []
    for start in range(0, len(paths), BATCH):
        images = np.stack([read(Path(p)) for p in paths[start : start + BATCH]])
        told = explain(images=tf.constant(images.astype(np.float32)))
        answers.append({name: value.numpy() for name, value in told.items()})
    return {"images": len(paths), "seconds": time.monotonic() - began}


def killed(
    model: str, listed: Path, place: Path, whole: Path, seed: int
) -> dict[str, Any]:
    """Returns what a run has that was killed three times.

    Args:
        model: A SavedModel.
        listed: File of paths, one a line.
        place: Folder to write.
        whole: Results of a run that was not killed.
        seed: Of the moments.
    """
    out, moments = place / "killed", random.Random(seed)
    shards = -(-len(listed.read_text().splitlines()) // KILLED_SHARD)
    at = sorted(moments.randrange(1, shards) for _ in range(3))
    for wanted in at:
        process = _start(model, listed, out, 1, KILLED_SHARD)
        while process.poll() is None and len(_parts(out)) < wanted:
            time.sleep(0.01)
        # Anywhere within a shard.
        time.sleep(moments.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    _run(model, listed, out, 1, KILLED_SHARD)
    one, other = _answers(whole), _answers(out)
    numbers = [number for number, _ in other]
    known = dict(one)
    apart = [
        np.abs(np.subtract(given, known[number])).max()
        for number, given in other
        if number in known
    ]
    return {
        "images": len(one),
        "shards": shards,
        "killed_at": at,
        "lost": len({*known} - {*numbers}),
        "doubled": len(numbers) - len({*numbers}),
        "difference": float(max(apart)),
    }


def _answers(out: Path) -> list[tuple[int, list[float]]]:
    columns = ["number", "contributions"]
    return [
        (row["number"], row["contributions"])
        for path in _parts(out)
        for row in pq.read_table(path, columns=columns).to_pylist()
    ]


def _parts(out: Path) -> list[Path]:
    return sorted((out / "explained").glob("part-*.parquet"))


def _list(place: Path, files: list[Path]) -> Path:
    path = place / f"{len(files)}.txt"
    path.write_text("".join(f"{file}\n" for file in files))
    return path


def _start(
    model: str, listed: Path, out: Path, processes: int, shard: int = SHARD
) -> subprocess.Popen:
    command = [*_PROGRAM, "batch", "--model", model]
    command += ["--input", str(listed), "--output", str(out)]
    command += ["--processes", str(processes), "--shard-size", str(shard)]
    command += ["--batch-size", str(BATCH)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _run(
    model: str, listed: Path, out: Path, processes: int, shard: int = SHARD
) -> dict[str, Any]:
    began = time.monotonic()
    process = _start(model, listed, out, processes, shard)
    said, peak = _ended(process)
    speed = re.search(r"([\d.]+) images a second", said)
    if not speed:
        raise RuntimeError(said)
    return {
        "images": len(listed.read_text().splitlines()),
        "processes": processes,
        "a_second": float(speed[1]),
        "seconds": time.monotonic() - began,
        "peak": peak,
    }


def _ended(process: subprocess.Popen) -> tuple[str, float]:
    """What it said, and the largest process's peak memory in MiB."""
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return said, used.ru_maxrss / 1024


def _loop(model: str, listed: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, model, "--loop", str(listed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said, peak = _ended(process)
    return {**json.loads(said.splitlines()[-1]), "peak": peak}


def _summarized(out: Path) -> dict[str, Any]:
    began = time.monotonic()
    command = [*_PROGRAM, "batch-summary", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said, peak = _ended(process)
    if process.returncode:
        raise RuntimeError(said)
    return {"seconds": time.monotonic() - began, "peak": peak}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--images", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--loop-images", type=int, default=10_000)
    parser.add_argument("--killed-images", type=int, default=1000)
    parser.add_argument("--drawn", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--draw", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--loop", type=Path, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main()
