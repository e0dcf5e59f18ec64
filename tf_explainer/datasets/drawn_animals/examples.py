"""Drawings as examples of the builder, drawn by several processes."""

import contextlib
import io
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import IO, Any, cast

from PIL import Image

from tf_explainer.datasets.drawn_animals.draw_animal import draw_animal
from tf_explainer.datasets.drawn_animals.drawing import Drawing

Example = dict[str, Any]

# Fewer drawings take less time than the start of the processes.
_FEW = 200
# Not multiprocessing: it would run the user's script anew in each process.
# The name says that no model is wanted, hence no TensorFlow.
_PROGRAM = (
    "import sys; sys.argv[0] = 'tf-explainer'; "
    f"from {__name__} import _work; _work()"
)


def draw_examples(
    seeds: range, size: int, processes: int | None = None
) -> Iterator[Example]:
    """Yields the example of each seed, in order.

    Args:
        seeds: Numbers of the drawings.
        size: Height and width in pixels.
        processes: How many draw at the same time; by default one for each
            core, or this one alone if there is little to do.

    Yields:
        `image` and `part_map` as PNG files, `label`, `landmarks` and `seed`.
    """
    if processes is None:
        processes = 1 if len(seeds) < _FEW else _cores()
    if processes == 1:
        for seed in seeds:
            yield _example(draw_animal(seed, size=size))
        return
    workers = [
        _start(seeds[first::processes], size) for first in range(processes)
    ]
    try:
        for index in range(len(seeds)):
            yield _next_example(workers[index % processes])
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _cores() -> int:
    # A container may own fewer cores than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(seeds: range, size: int) -> subprocess.Popen[bytes]:
    numbers = (seeds.start, seeds.stop, seeds.step, size)
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *map(str, numbers)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        # Ctrl-C reaches this process, which then ends the others.
        start_new_session=True,
    )


def _next_example(worker: subprocess.Popen[bytes]) -> Example:
    try:
        return pickle.load(cast(IO[bytes], worker.stdout))
    except EOFError:
        raise RuntimeError(
            f"A drawing process ended early, with status {worker.wait()}."
        ) from None


def _work() -> None:
    start, stop, step, size = map(int, sys.argv[1:])
    seeds = range(start, stop, step)
    # The reader may have had enough.
    with contextlib.suppress(BrokenPipeError):
        for example in draw_examples(seeds, size, processes=1):
            pickle.dump(example, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _example(drawing: Drawing) -> Example:
    return {
        "image": _png(drawing.image),
        "part_map": _png(drawing.part_map),
        "label": drawing.category,
        "landmarks": drawing.landmarks,
        "seed": drawing.seed,
    }


def _png(pixels: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png", compress_level=1)
    return file.getvalue()
