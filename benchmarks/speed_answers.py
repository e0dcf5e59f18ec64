"""What measuring, serving and starting cost."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from speed_timing import Row, peak_memory, seconds_of

from tf_explainer.evaluation.margins import intervals
from tf_explainer.evaluation.metrics import METRICS
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.explainer import Explainer
from tf_explainer.export import export_saved_model
from tf_explainer.performers import PERFORMERS

FILTERS, LANDMARKS = 512, 15
IMAGES = (2_500, 10_000)
MIB = 1024
# A process that ends tells what it spent; importing is all it does.
_TIMED = (
    "import atexit, sys, time; atexit.register("
    "lambda: print(time.process_time(), file=sys.stderr)); "
)
_IMPORT = "import time, tensorflow; began = time.process_time(); "
_ADDED = "import tf_explainer; tf_explainer.Explainer; " + (
    "print(time.process_time() - began)"
)
_HELP = (
    "sys.argv = ['tf-explainer', '--help']; "
    "from tf_explainer.cli.app import main; main()"
)


def measures() -> list[Row]:
    """All measures of one layer, half of the images `train`, half `test`."""
    spent: list[float] = []
    memory = 0.0
    for images in IMAGES:
        splits = [_split(images // 2, seed) for seed in range(2)]
        before, begun = peak_memory(), time.process_time()
        for name in METRICS.names():
            METRICS.get(name)(*splits)
        intervals(*splits)
        spent.append(time.process_time() - begun)
        memory = peak_memory() - before
    what = f"measures of a layer, {IMAGES[1]} × {FILTERS} × {LANDMARKS}"
    few, many = spent
    exponent = float(np.log(many / few) / np.log(IMAGES[1] / IMAGES[0]))
    return [
        Row(what, "", many, "s", 5.0),
        Row(f"{what}: memory", "", memory, "MiB", float(MIB)),
        Row("the same over the number of images", "", exponent, "", 1.02),
    ]


def _split(images: int, seed: int) -> LocatedPeaks:
    """Peaks that follow a landmark each, one in five of them silent."""
    random = np.random.default_rng(seed)
    landmarks = random.random((images, LANDMARKS, 2), np.float32)
    landmarks[random.random((images, LANDMARKS)) < 0.3] = np.nan
    strengths = random.random((images, FILTERS), np.float32)
    strengths[random.random((images, FILTERS)) < 0.2] = 0
    places = np.nan_to_num(landmarks[:, np.arange(FILTERS) % LANDMARKS], nan=0)
    noise = random.standard_normal((images, FILTERS, 2), np.float32)
    places = places + 0.1 * noise
    places[strengths == 0] = np.nan
    labels = random.integers(0, 6, images)
    return LocatedPeaks(FilterPeaks(places, strengths), landmarks, labels)


def served() -> list[Row]:
    """A SavedModel's `explain`, beside performer, encoder and decoder."""
    cases = (
        ("mobilenet", "filters"),
        ("mobilenet", "default"),
        ("vgg_16", "default"),
    )
    return [row for case in cases for row in _served(*case)]


def _served(name: str, preset: str) -> list[Row]:
    performer = PERFORMERS.get(name)(10)
    explainer = Explainer.from_performer(performer, preset=preset)
    side = explainer.examples.shape[0]
    images = np.random.default_rng(0).uniform(0, 255, (8, side, side, 3))
    images = tf.constant(images, tf.float32)
    explainer.calibrate(images, 8)

    @tf.function(reduce_retracing=True)
    def bare(images: Any, times: int = 1) -> Any:
        features = explainer.attachment.features(images, training=False)
        output = explainer.encode(features).output
        if times > 1:
            output = tf.repeat(output, times, axis=0)
        return explainer.decoder(output, training=False)

    # As it is, without each part, without either track.
    removals = explainer.encoder.parts + 3

    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        export_saved_model(explainer, Path(folder, "1"))
        model = tf.saved_model.load(f"{folder}/1")
        explain = model.signatures["explain"]
        for count in (1, 8):
            some = images[:count]
            calls: dict[str, Callable[[], object]] = {
                "served": lambda some=some: explain(images=some),
                "bare": lambda some=some: bare(some),
            }
            if explainer.encoder.parts:
                calls["removing"] = lambda some=some: bare(some, removals)
            spent = seconds_of(calls, 5)
            what = f"served explanation, {name}, {preset}, batch {count}"
            against = "CNN, encoder and decoder"
            ratio = spent["served"] / spent["bare"]
            rows.append(Row(what, against, ratio, "×", 1.10))
            if explainer.encoder.parts:
                against = "the same, the decoder once for each removal"
                ratio = spent["served"] / spent["removing"]
                rows.append(Row(what, against, ratio, "×"))
    return rows


def start() -> list[Row]:
    """How long a person waits before anything happens."""
    added = min(
        float(_python(_IMPORT + _ADDED).stdout.splitlines()[-1])
        for _ in range(3)
    )
    told = min(
        float(_python(_TIMED + _HELP).stderr.splitlines()[-1]) for _ in range(5)
    )
    return [
        Row("`import tf_explainer`", "after TensorFlow's", added, "s", 0.3),
        Row("`tf-explainer --help`", "", told, "s", 0.3),
    ]


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )


THEMES: dict[str, Callable[[], list[Row]]] = {
    "measures": measures,
    "served": served,
    "start": start,
}
