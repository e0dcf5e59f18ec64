"""What it costs to attach an explainer: seconds, weights and memory.

Each network has random weights and a process of its own, so that its peak
memory is its own. Seconds of a step are those of training on kept features,
as `fit` does without augmentation; the performer's own seconds are beside.

    python benchmarks/attach.py benchmarks/results/attach.md
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

NETWORKS = (
    *("alexnet", "vgg_m", "vgg_s", "vgg_16"),
    *("VGG19", "MobileNet", "ResNet50"),
    *("DenseNet121", "EfficientNetB0", "ConvNeXtTiny"),
)
COLUMNS = (
    "network",
    "cut (target → replaced → rebuilt)",
    "maps",
    "attach, s",
    "trainable weights, M",
    "performer, s/image",
    "step, s/image",
    "peak memory, GiB",
    "load before",
)
LIMIT = 8.0
STEPS = 3


def main() -> None:
    """Measures one network, or all of them in processes of their own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, nargs="?", help="file to write")
    parser.add_argument("--network", help="measure only this, print JSON")
    parser.add_argument("--batch-size", type=int, default=8)
    options = parser.parse_args()
    if options.network:
        print(json.dumps(measure(options.network, options.batch_size)))
        return
    rows: list[dict] = []
    for name in NETWORKS:
        rows.append(_in_own_process(name, options.batch_size))
        text = table(rows, options.batch_size)
        if options.table:
            options.table.write_text(text, encoding="utf-8")
    print(text)


def measure(name: str, batch_size: int) -> dict:
    """Returns the row of one network.

    Args:
        name: A registered performer, or a builder of `keras.applications`.
        batch_size: Images in a step.
    """
    import keras
    import numpy as np
    import tensorflow as tf

    from tf_explainer.explainer import Explainer

    performer = _build(name)
    shape = (batch_size, *performer.input_shape[1:])
    images = tf.constant(
        np.random.default_rng(0).uniform(0, 255, shape), "float32"
    )
    start = time.perf_counter()
    explainer = Explainer.from_performer(performer)
    attach = time.perf_counter() - start
    explainer.compile(optimizer=keras.optimizers.Adam(2e-4))
    explainer.optimizer.build(explainer.trainable_weights)
    look = tf.function(
        lambda x: explainer.attachment.features(x, training=False)
    )
    features = look(images)
    performed = _seconds(lambda: look(images)) / batch_size
    explainer.calibrate(images, batch_size)
    step = tf.function(explainer.train_step)
    pairs = explainer.examples.lesson(images)
    learned = _seconds(lambda: step(pairs)) / batch_size
    weights = sum(int(np.prod(w.shape)) for w in explainer.trainable_weights)
    return {
        "cut": str(explainer.attachment.cut),
        "maps": " × ".join(map(str, features["replaced"].shape[1:])),
        "attach": f"{attach:.1f}",
        "weights": f"{weights / 1e6:.1f}",
        "performer": f"{performed:.3f}",
        "step": f"{learned:.3f}",
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def table(rows: list[dict], batch_size: int) -> str:
    """Returns the Markdown page.

    Args:
        rows: One for each network.
        batch_size: Images in a step.
    """
    lines = [
        "# What it costs to attach an explainer",
        "",
        "Written by `benchmarks/attach.py`: random weights, each network in a "
        f"process of its own, batches of {batch_size} images, float32, "
        f"{os.environ.get('TF_NUM_INTRAOP_THREADS', 'all')} thread(s) of "
        f"{os.cpu_count()} cores ({platform.machine()}), TensorFlow "
        f"{metadata.version('tensorflow')}, Keras {metadata.version('keras')}. "
        '"Load before" is the machine\'s load average as each one began: where '
        "it is above the number of cores, other work shared them and seconds "
        "are too long; weights and memory do not depend on it. A step trains "
        "on kept features of each image and one moved view of it; the "
        "performer runs once for each.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "| --- | --- | --- " + "| ---: " * (len(COLUMNS) - 3) + "|",
    ]
    return "\n".join([*lines, *map(_line, rows)]) + "\n"


def _line(row: dict) -> str:
    if "failed" in row:
        cells = [row["network"], row["failed"], *[""] * (len(COLUMNS) - 3)]
    else:
        keys = (
            "network",
            "cut",
            "maps",
            "attach",
            "weights",
            "performer",
            "step",
        )
        cells = [row[key] for key in keys]
        over = f" (over {LIMIT:.0f})" if row["memory"] > LIMIT else ""
        cells.append(f"{row['memory']:.2f}{over}")
    return "| " + " | ".join([*cells, f"{row['load']:.1f}"]) + " |"


def _in_own_process(name: str, batch_size: int) -> dict:
    load = os.getloadavg()[0]
    command = [sys.executable, __file__, "--network", name]
    done = subprocess.run(
        [*command, "--batch-size", str(batch_size)],
        capture_output=True,
        text=True,
    )
    print(name, "done" if done.returncode == 0 else "failed", file=sys.stderr)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["killed"])[-1]
        return {"network": name, "failed": last, "load": load}
    row = json.loads(done.stdout.strip().splitlines()[-1])
    return {"network": name, "load": load, **row}


def _build(name: str) -> Any:
    import keras

    from tf_explainer.performers import PERFORMERS

    if name in PERFORMERS.names():
        return PERFORMERS.get(name)(1000)
    return getattr(keras.applications, name)(weights=None)


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
