"""What masks, filter losses and statistics cost beside the convolutions."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from speed_timing import Row, peak_memory, seconds_of

from tf_explainer.explainer import Explainer
from tf_explainer.layers import PartMask
from tf_explainer.losses import FilterLoss
from tf_explainer.performers import PERFORMERS

KINDS = ("exact", "paper", "equivariant")
# Rows, columns, filters and maps in a batch; those of all performers.
SHAPES = (
    (14, 14, 512, 8),
    (13, 13, 384, 8),
    (13, 13, 512, 8),
    (17, 17, 512, 8),
    (12, 12, 384, 16),
    (12, 12, 72, 32),
)
# Of mask and loss together, in milliseconds, at the first shape.
MOST = {"exact": 15.0, "paper": 10.0, "equivariant": 15.0}
# Performer, maps in a batch, and what a step may cost beside a plain one.
STEPS = (("vgg_16", 8, 1.02), ("mobilenet", 16, 1.03), ("small_cnn", 32, 1.08))


def filter_losses() -> list[Row]:
    """Forward and backward pass of `FilterLoss` and `PartMask`."""
    rows: list[Row] = []
    for shape in SHAPES:
        calls = {"mask": _pass(shape, None)}
        calls |= {kind: _pass(shape, kind) for kind in KINDS}
        spent = seconds_of(calls)
        for kind, seconds in spent.items():
            most = MOST.get(kind) if shape == SHAPES[0] else None
            name = "mask alone" if kind == "mask" else f"mask and {kind}"
            rows.append(
                Row(f"{name}, {_told(shape)}", "", 1e3 * seconds, "ms", most)
            )
    return rows


def _pass(shape: tuple[int, int, int, int], kind: str | None) -> Any:
    height, width, filters, batch = shape
    random = np.random.default_rng(0)
    size = (batch, height, width, filters)
    maps = tf.constant(np.maximum(random.normal(size=size), 0), tf.float32)
    above = tf.constant(random.normal(size=size), tf.float32)
    positive = tf.constant(random.random((batch, filters)) > 0.5)
    frames = tf.tile(tf.eye(2, 3)[None], (batch, 1, 1))
    mask = PartMask(beta=4.0, mask="argmax", silence=0.0)
    loss = kind and FilterLoss(
        kind,
        beta=4.0,
        peak_score=0.08,
        diversity=1.0,
        diversity_reach=1,
        initial_weight=1.0,
    )

    @tf.function
    def both(maps: Any, above: Any) -> Any:
        probe = tf.zeros((3, filters))
        with tf.GradientTape() as tape:
            tape.watch([maps, probe])
            kept = maps
            if loss:
                kept = loss(kept, positive=positive, frames=frames, probe=probe)
            total = tf.reduce_sum(mask(kept) * above)
        return tape.gradient(total, [maps, probe])

    return lambda: both(maps, above)


def steps() -> list[Row]:
    """A training step on kept features, beside one without masks and losses."""
    rows: list[Row] = []
    for name, maps, most in STEPS:
        performer = PERFORMERS.get(name)(10)
        calls = {"plain": _step(performer, maps, None)}
        for kind in KINDS:
            calls[kind] = _step(performer, maps, kind)
            spent = seconds_of(calls, rounds=5)
            ratio = spent[kind] / spent["plain"]
            what = f"training step, {name}, {maps} maps, {kind}"
            rows.append(Row(what, "plain", ratio, "×", most))
            # Its weights would take as much memory as the network.
            del calls[kind]
        keras.backend.clear_session()
    return rows


def step_memory(kind: str | None) -> float:
    """Returns the peak memory of training on VGG-16's features, in MiB.

    Args:
        kind: Name of a filter loss; `None` for the plain network.
    """
    step = _step(PERFORMERS.get("vgg_16")(10), 32, kind)
    for _ in range(2):
        step()
    return peak_memory()


def _step(performer: Any, maps: int, kind: str | None) -> Any:
    """A step of the paper's network; without a kind without masks, too."""
    settings: dict[str, Any] = {"filter_loss": kind or "none", "parts": 0}
    if kind is None:
        settings["mask"] = "none"
    explainer = Explainer.from_performer(performer, **settings)
    side = explainer.examples.shape[0]
    images = np.random.default_rng(0).uniform(0, 255, (maps, side, side, 3))
    images = tf.constant(images, tf.float32)
    explainer.calibrate(images[:8], 8)
    explainer.compile(optimizer=keras.optimizers.Adam(1e-4))
    explainer.optimizer.build(explainer.trainable_weights)
    if kind is None:
        # No filter loss is looked at either.
        explainer.objective.probes = list
    paired = explainer.examples.paired
    lesson = explainer.examples.lesson(images[: maps // 2 if paired else maps])
    step = tf.function(explainer.train_step)
    return lambda: step(lesson)


def _told(shape: tuple[int, int, int, int]) -> str:
    height, width, filters, batch = shape
    return f"{filters} × {height} × {width}, {batch} maps"
