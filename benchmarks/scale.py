"""What very many images and categories cost, from measured steps.

Each pair of a network and a number of categories has a process of its own,
with random weights and one thread: seconds are those of one core. The plan
beneath multiplies them: all images are explained once, and the explainer
learns from a sample, whose features are kept.

    python benchmarks/scale.py benchmarks/results/scale.md
    python benchmarks/scale.py --images 1e6 --learned 1e5 --networks mobilenet
"""

import argparse
import functools
import io
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

NETWORKS = ("mobilenet", "vgg_16")
CATEGORIES = (10, 1_000, 10_000)
EPOCHS = 26
BATCH = 4
STEPS = 5
# Scores that are kept of each image in the last column.
HIGHEST = 5
# A photograph as cameras and datasets of the web have them.
PHOTO = (375, 500)
ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
GIB, TB, HOUR = 2**30, 1e12, 3600.0
COLUMNS = ("network", "categories", "read", "CNN", "step", "explain")


def main() -> None:
    """Measures one pair, or all of them in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, nargs="?", help="file to write")
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--categories", nargs="+", type=int, default=CATEGORIES)
    parser.add_argument("--images", type=float, default=1e8)
    parser.add_argument("--learned", type=float, default=1e6)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        name, categories = options.one
        print(json.dumps(measure(name, int(categories))))
        return
    rows = [
        _in_own_process(name, categories)
        for name in options.networks
        for categories in options.categories
    ]
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    text = page(rows, options.images, options.learned)
    if options.table:
        options.table.write_text(text, encoding="utf-8")
    print(text)


def measure(name: str, categories: int) -> dict[str, Any]:
    """Returns seconds and bytes of one image.

    Args:
        name: Name in `PERFORMERS`.
        categories: Number of the CNN's classes.
    """
    import keras
    import numpy as np
    import tensorflow as tf

    from tf_explainer.explainer import Explainer
    from tf_explainer.performers import PERFORMERS

    keras.utils.set_random_seed(0)
    explainer = Explainer.from_performer(PERFORMERS.get(name)(categories))
    side = explainer.examples.shape[0]
    shape = (BATCH, side, side, 3)
    images = tf.constant(
        np.random.default_rng(0).uniform(0, 255, shape), "float32"
    )
    explainer.calibrate(images, BATCH)
    explainer.compile(optimizer=keras.optimizers.Adam(2e-4))
    explainer.optimizer.build(explainer.trainable_weights)
    look = tf.function(
        lambda x: explainer.attachment.features(x, training=False)
    )
    features = look(images)
    pairs = explainer.examples.lesson(images)
    step = tf.function(explainer.train_step)
    nothing = np.full(BATCH, -1)
    seconds = {
        "read": _seconds(_reader(side)),
        "CNN": _seconds(lambda: look(images)) / BATCH,
        "step": _seconds(lambda: step(pairs)) / BATCH,
        "explain": _seconds(
            lambda: explainer.answers(images, nothing, nothing, "removal")
        )
        / BATCH,
    }
    kept = sum(np.prod(one.shape[1:]) for one in tf.nest.flatten(features))
    parts = explainer.encoder.parts
    written = functools.partial(_numbers_written, categories, parts)
    return {
        "network": name,
        "categories": categories,
        **seconds,
        "kept": 2 * int(kept),
        "answers": 4 * written(),
        "highest": 4 * written(HIGHEST),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _reader(side: int) -> Callable[[], object]:
    """Reads one JPEG as `batch` does."""
    import tempfile

    import numpy as np
    from PIL import Image, ImageFilter

    from tf_explainer.explainer.image_files import file_reader

    noise = np.random.default_rng(0).integers(0, 255, (*PHOTO, 3), np.uint8)
    photo = Image.fromarray(noise).filter(ImageFilter.GaussianBlur(2))
    photo.save(file := io.BytesIO(), "JPEG", quality=90)
    path = Path(tempfile.mkdtemp()) / "photo.jpg"
    path.write_bytes(file.getvalue())
    read = file_reader((side, side, 3))
    return lambda: read(path)


def _numbers_written(
    categories: int, parts: int, top_scores: int | None = None
) -> int:
    """Numbers of four bytes in a row of what `batch` writes."""
    from tf_explainer.batch.records import Names, table_schema

    def names(what: str, count: int) -> tuple[str, ...]:
        return tuple(f"{what} {index}" for index in range(count))

    known = Names(names("class", categories), names("part", parts), parts > 0)
    kinds = [field.type for field in table_schema(known, {}, top_scores)]
    return sum(getattr(kind, "list_size", 1) for kind in kinds)


def page(rows: Sequence[dict[str, Any]], images: float, learned: float) -> str:
    """Returns the Markdown page.

    Args:
        rows: From `measure`.
        images: Number of images that are explained.
        learned: Number of those that the explainer learns from.
    """
    lines = [
        "# What very many images and categories cost",
        "",
        "Written by `benchmarks/scale.py`: random weights, each row in a "
        f"process of its own on one thread ({platform.machine()}), batches of "
        f"{BATCH}, float32; the fastest of {STEPS}. Milliseconds of one core "
        "for one image; `read` is a JPEG of 500 × 375 pixels.",
        "",
        "| network | categories | read, ms | CNN, ms | training step, ms | "
        "explain (CNN and all parts), ms | peak memory, GiB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_measured(row) for row in rows),
        "",
        f"{images:.0e} images, of which {learned:.0e} are learned from in "
        f"{EPOCHS} epochs:",
        "",
        "| network | categories | features, core-hours | training, core-hours "
        "| kept features, TB | explaining, core-hours | answers, TB | with "
        f"`--top-scores {HIGHEST}`, TB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_planned(row, images, learned) for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _measured(row: dict[str, Any]) -> str:
    times = [f"{1000 * row[name]:.1f}" for name in COLUMNS[2:]]
    cells = [row["network"], f"{row['categories']:,}", *times]
    return f"| {' | '.join(cells)} | {row['memory'] / GIB:.1f} |"


def _planned(row: dict[str, Any], images: float, learned: float) -> str:
    hours = {
        "features": learned * (row["read"] + row["CNN"]) / HOUR,
        "training": learned * EPOCHS * row["step"] / HOUR,
        "explaining": images * (row["read"] + row["explain"]) / HOUR,
    }
    cells = [
        row["network"],
        f"{row['categories']:,}",
        f"{hours['features']:,.0f}",
        f"{hours['training']:,.0f}",
        f"{learned * row['kept'] / TB:.2f}",
        f"{hours['explaining']:,.0f}",
        f"{images * row['answers'] / TB:.2f}",
        f"{images * row['highest'] / TB:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def _in_own_process(name: str, categories: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", name, str(categories)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, **ONE_THREAD},
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["killed"])[-1]
        sys.exit(f"{name} with {categories} categories failed: {last}")
    print(f"{name}, {categories} categories", file=sys.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def _seconds(call: Callable[[], object]) -> float:
    """Seconds of the fastest of a few calls: other work only slows it."""
    call()
    best = float("inf")
    for _ in range(STEPS):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


if __name__ == "__main__":
    main()
