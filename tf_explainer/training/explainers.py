"""Trains an explainer by the package's own schedule."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.callbacks import EpochBackup
from tf_explainer.callbacks import schedule as callbacks_of
from tf_explainer.config.schedule import Schedule
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.explainer import Explainer
from tf_explainer.features.batches import is_features, kept_examples
from tf_explainer.features.image_checks import told_faults
from tf_explainer.training.readings import check_explainer_reading


def train_explainer(
    explainer: Explainer,
    dataset: PartDataset | Any,
    epochs: int | None = None,
    batch_size: int = 32,
    seed: int = 0,
    filter_weight: float | None = None,
    backup_dir: str | Path | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    schedule: Schedule | None = None,
    features: Any = None,
    compare: bool = True,
) -> dict[str, list[Any]]:
    """Trains `explainer` on images in two phases.

    First the parts are found; then they stand still and the rest learns, see
    `callbacks.schedule`. Landmarks are never read, and nothing but the
    baseline learns from labels: they tell before the training whether the
    performer is read as it was trained.

    Args:
        explainer: An untrained explainer.
        dataset: Images, as `Explainer.fit` takes them; with
            `learn_from="labels"` their labels, too. Or a `PartDataset`, of
            which the split `train` is taken. With `features` and without
            `compare` they are not read.
        epochs: Passes over the images, both phases together; `None` chooses
            by their number, see `Schedule.for_images`.
        batch_size: Images in a step.
        seed: Seed of order, views and augmentation.
        filter_weight: Factor of `UpdateFilterLossWeight`; `None` means that
            of `Schedule`.
        backup_dir: Folder that lets an interrupted training go on from its
            last backup, see `EpochBackup`.
        callbacks: Further Keras callbacks.
        schedule: All numbers of the training at once, in place of `epochs`
            and `filter_weight`.
        features: What `Explainer.cached_features` gave for the images of
            `train`, so that the performer need not see them again.
        compare: Whether the performer's decisions are compared with the
            labels first, see `check_explainer_reading`.

    Returns:
        History, metric → value by epoch.

    Raises:
        InputError: If the images do not fit, or if the performer is clearly
            better with its scores in another order, or on images of another
            scale.
    """
    if compare:
        check_explainer_reading(explainer, dataset, batch_size)
    keras.utils.set_random_seed(seed)
    features, labels, count = _lessons(
        explainer,
        dataset,
        batch_size,
        features,
        (schedule or Schedule(preset=explainer.settings.preset)).views,
        seed,
    )
    if schedule is None:
        schedule = Schedule.for_images(
            count,
            batch_size,
            epochs,
            filter_weight=filter_weight,
            preset=explainer.settings.preset,
        )
    with explainer.distribute_strategy.scope():
        optimizer = keras.optimizers.Adam(schedule.learning_rate)
        explainer.compile(optimizer=optimizer)
        planned = callbacks_of(schedule, seed)
    (freezes,) = (one for one in planned if hasattr(one, "moved"))
    moved = freezes.moved
    backup = EpochBackup(backup_dir, also=[moved] if moved else [])
    freezes.done = backup.epoch
    explainer.fit(
        features,
        labels,
        epochs=schedule.epochs,
        initial_epoch=backup.epoch,
        batch_size=batch_size,
        views=schedule.views,
        seed=seed,
        verbose=0,
        # The backup comes last: what the others change belongs to it.
        callbacks=[*callbacks, *planned, backup],
    )
    return backup.history


def _lessons(
    explainer: Explainer,
    data: Any,
    size: int,
    features: Any,
    views: int,
    seed: int,
) -> tuple[Any, np.ndarray | None, int]:
    """Features, labels where they are asked for, and the number of images."""
    read = explainer.examples
    if isinstance(splits := getattr(data, "splits", None), Mapping):
        split = splits["train"]
        if features is None:
            images = split.batches(size)
            features = explainer.cached_features(
                images, size, views=views, seed=seed
            )
        return features, split.labels if read.labeled else None, len(split)
    if features is None and is_features(data):
        return data, None, _count(data)
    # Images and labels in one pass: a second one may have another order.
    with told_faults():
        batches = read.examples(data, None, size, "images")
        if features is None:
            kept = kept_examples(read.attachment, batches, views, seed)
            read.values.tell()
            return kept, None, _count(kept)
        labels = None
        if read.labeled:
            labels = np.concatenate([one["labels"] for one in batches])
        return features, labels, _count(features)


def _count(single: tf.data.Dataset) -> int:
    known = int(single.cardinality())
    return known if known >= 0 else int(single.reduce(0, lambda n, _: n + 1))
