"""Which operations a training step is made of, by TensorFlow's profiler.

Of the small CNN of the drawn animals with random weights, on one thread: a
step in which the parts learn, one in which they stand still, and one of the
paper's filters.

    python benchmarks/profile_step.py benchmarks/results/profile.md
"""

import argparse
import collections
import glob
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

SHOWN = 12
STEPS = 10
MAPS = 32
# What calls other operations would be counted twice.
_CALLERS = ("PartitionedCall", "StatefulPartitionedCall", "If", "While", "Case")


def main(arguments: list[str] | None = None) -> None:
    """Profiles the three steps and prints a table of each.

    Args:
        arguments: Those of the command line by default.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path, nargs="?", help="file to write")
    parser.add_argument("--performer", default="small_cnn")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
    spent = {
        name: profiled(step) for name, step in steps(options.performer).items()
    }
    text = page(spent, options.performer)
    if options.page:
        options.page.write_text(text, encoding="utf-8")
    print(text)


def steps(performer: str) -> dict[str, Callable[[], object]]:
    """Returns what is profiled.

    Args:
        performer: Name in `PERFORMERS`.
    """
    import tensorflow as tf

    def step(preset: str, learns: bool) -> Callable[[], object]:
        explainer, images = _explainer(performer, preset)
        if not learns:
            for layer in explainer.encoder.settling:
                layer.trainable = False
            explainer.encoder.mixer.ordinary_dropout = 0.8
            explainer.encoder.mixer.noise = 0.05
            explainer.fit_state.removal = 0.3
        lesson = explainer.examples.lesson(images)
        run = tf.function(explainer.train_step)
        return lambda: run(lesson)

    return {
        "parts learn": step("default", True),
        "parts stand still": step("default", False),
        "the paper's filters": step("paper", True),
    }


def _explainer(performer: str, preset: str) -> tuple[Any, Any]:
    import keras
    import numpy as np
    import tensorflow as tf

    from tf_explainer.explainer import Explainer
    from tf_explainer.performers import PERFORMERS

    built = PERFORMERS.get(performer)(6)
    explainer = Explainer.from_performer(built, preset=preset)
    side = explainer.examples.shape[0]
    images = np.random.default_rng(0).uniform(0, 255, (MAPS, side, side, 3))
    images = tf.constant(images, tf.float32)
    explainer.calibrate(images, MAPS)
    explainer.compile(optimizer=keras.optimizers.Adam(1e-3))
    explainer.optimizer.build(explainer.trainable_weights)
    return explainer, images


def profiled(step: Callable[[], object]) -> dict[str, float]:
    """Returns milliseconds of each kind of operation in one step.

    Args:
        step: What is run.
    """
    import tensorflow as tf

    step()
    step()
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        for _ in range(STEPS):
            step()
        tf.profiler.experimental.stop()
        (file,) = glob.glob(f"{folder}/**/*.xplane.pb", recursive=True)
        content = Path(file).read_bytes()
    return _by_kind(content)


def _by_kind(content: bytes) -> dict[str, float]:
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    space = xplane_pb2.XSpace.FromString(content)
    spent: collections.Counter[str] = collections.Counter()
    for plane in space.planes:
        if "CPU" not in plane.name:
            continue
        for line in plane.lines:
            for event in line.events:
                told = plane.event_metadata[event.metadata_id]
                # Operations alone are shown by their kind.
                kind = told.display_name
                if kind and kind not in _CALLERS:
                    spent[kind] += event.duration_ps / 1e9 / STEPS
    return dict(spent.most_common())


def page(spent: dict[str, dict[str, float]], performer: str) -> str:
    """Returns the Markdown page.

    Args:
        spent: Step to kind of operation to milliseconds.
        performer: Name of the network.
    """
    lines = [
        "# What a training step is made of",
        "",
        "Written by `benchmarks/profile_step.py` with TensorFlow's profiler: "
        f"`{performer}`, {MAPS} images and, where parts learn, a moved view "
        f"of each, one thread ({platform.machine()}). Milliseconds of one "
        f"step, the {SHOWN} longest kinds of operations.",
    ]
    for name, kinds in spent.items():
        total = sum(kinds.values())
        lines += ["", f"## {name}: {total:.0f} ms", ""]
        lines += ["| operation | ms | share |", "| --- | ---: | ---: |"]
        lines += [
            f"| {kind} | {time:.1f} | {100 * time / total:.0f} % |"
            for kind, time in list(kinds.items())[:SHOWN]
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
