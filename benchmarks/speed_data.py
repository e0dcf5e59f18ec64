"""What reading, keeping and repeating the performer's features costs."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageFilter
from speed_timing import Row, peak_memory, seconds_of

from tf_explainer.datasets.image_folders.images import image_files
from tf_explainer.explainer import Explainer
from tf_explainer.features.cache import feature_cache
from tf_explainer.performers import PERFORMERS

BATCH = 32
# Of eight epochs, those of the first phase.
LEARNING = 4
# A photograph as cameras and data sets of the web have them.
PHOTO = (375, 500)


def epochs() -> list[Row]:
    """An epoch from kept features, beside its steps on tensors in memory."""
    explainer, images = _explainer("small_cnn", 1024)
    kept = explainer.cached_features(images, BATCH, views=1)
    clock = _EpochClock()
    explainer.compile(optimizer=keras.optimizers.Adam(1e-3))
    explainer.fit(
        kept,
        epochs=8,
        views=1,
        batch_size=BATCH,
        verbose=0,
        callbacks=[clock],
    )
    lesson = explainer.examples.lesson(tf.constant(images[:BATCH], tf.float32))
    step = tf.function(explainer.train_step)
    bare = seconds_of({"step": lambda: step(lesson)}, 21)["step"]
    steps = len(images) / BATCH
    ratio = clock.median / (bare * steps)
    what = f"epoch of {len(images)} images from kept features, small_cnn"
    return [Row(what, "the steps on tensors in memory", ratio, "×", 1.05)]


class _EpochClock(keras.callbacks.Callback):
    """Processor seconds of the epochs in which parts learn.

    Less the first one, in which the step is traced.
    """

    def __init__(self) -> None:
        super().__init__()
        self._spent: list[float] = []
        self._begun = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._begun = time.process_time()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._spent.append(time.process_time() - self._begun)

    @property
    def median(self) -> float:
        return float(np.median(self._spent[1:LEARNING]))


def first_epoch() -> list[Row]:
    """Photographs read, looked at and kept, beside what must be computed."""
    return [
        _first_epoch(*case) for case in (("mobilenet", 256), ("vgg_16", 32))
    ]


def _first_epoch(name: str, count: int) -> Row:
    explainer, images = _explainer(name, count)
    images = tf.constant(images, tf.float32)
    side = int(images.shape[1])
    explainer.compile(optimizer=keras.optimizers.Adam(1e-4))
    explainer.optimizer.build(explainer.trainable_weights)
    step = tf.function(explainer.train_step)
    size = 8
    few = count // 4
    lesson = explainer.examples.lesson(images[:size])
    look = tf.function(
        lambda x: explainer.attachment.features(x, training=False)
    )
    with tempfile.TemporaryDirectory() as folder:
        paths = _photographs(Path(folder), count)

        def whole(some: list[Path]) -> None:
            batches = image_files(some, side).batch(size)
            kept, _ = feature_cache(explainer.attachment.features, batches)
            for _ in kept.batch(size):
                step(lesson)

        def bare() -> None:
            for start in range(few, count, size):
                look(images[start : start + size])
                step(lesson)

        calls = {
            "many": lambda: whole(paths),
            "few": lambda: whole(paths[:few]),
            "bare": bare,
        }
        spent = seconds_of(calls, 2)
    what = f"first epoch, each photograph beyond {few}, {name}"
    # What the first ones cost alone, the tracing, any number costs once.
    ratio = (spent["many"] - spent["few"]) / spent["bare"]
    return Row(what, "CNN and steps on tensors in memory", ratio, "×", 1.10)


def cache() -> list[Row]:
    """Kept features on disk: their size, and how fast they are read."""
    cases = (("mobilenet", 128), ("vgg_16", 16))
    return [row for case in cases for row in _cache(*case)]


def _cache(name: str, count: int) -> list[Row]:
    explainer, images = _explainer(name, count)
    batches = tf.data.Dataset.from_tensor_slices(images).batch(8)
    run = explainer.attachment.features
    look = tf.function(lambda x: run(x, training=False))
    with tempfile.TemporaryDirectory() as folder:
        kept, _ = feature_cache(run, batches, memory_limit=0, directory=folder)
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        spent = seconds_of(
            {
                "read": lambda: [None for _ in kept.batch(8)],
                "look": lambda: [look(batch) for batch in batches],
            },
            3,
        )
    share = size / (4 * count * _numbers(look(images[:1])))
    faster = spent["look"] / spent["read"]
    what = f"features read from disk, {name}: times as fast"
    return [
        Row(f"features on disk, {name}", "float32", share, "×", 0.5),
        Row(what, "the CNN", faster, "×", 3.0, at_least=True),
    ]


def scaling(count: int) -> dict[str, float]:
    """Returns seconds and memory of learning from some images.

    Args:
        count: Number of images, of 32 × 32 pixels.
    """
    explainer, images = _explainer("small_cnn", count, side=32)
    begun = time.process_time()
    explainer.fit(images, epochs=2, views=1, verbose=0, batch_size=32)
    return {"seconds": time.process_time() - begun, "memory": peak_memory()}


def _explainer(name: str, count: int, **built: Any) -> tuple[Explainer, Any]:
    """An explainer with random weights, and images for it."""
    if "side" in built:
        built = {"image_size": built["side"]}
    performer = PERFORMERS.get(name)(10, **built)
    explainer = Explainer.from_performer(performer)
    side = explainer.examples.shape[0]
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (count, side, side, 3), np.uint8)
    explainer.calibrate(images[:64].astype(np.float32), 8)
    return explainer, images.astype(np.float32)


def _photographs(folder: Path, count: int) -> list[Path]:
    random = np.random.default_rng(0)
    noise = random.integers(0, 255, (*PHOTO, 3), np.uint8)
    photo = Image.fromarray(noise).filter(ImageFilter.GaussianBlur(2))
    photo.save(folder / "photo.jpg", quality=90)
    content = (folder / "photo.jpg").read_bytes()
    paths = [folder / f"{index}.jpg" for index in range(count)]
    for path in paths:
        path.write_bytes(content)
    return paths


def _numbers(features: Any) -> int:
    shapes = [value.shape[1:] for value in tf.nest.flatten(features)]
    return int(sum(np.prod(shape) for shape in shapes))


THEMES: dict[str, Callable[[], list[Row]]] = {
    "epochs": epochs,
    "first epoch": first_epoch,
    "cache": cache,
}
