"""Trains an explainer by the package's own schedule."""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.callbacks import (
    AssignCategories,
    FreezeInterpretableTrack,
    StopOnNaN,
    UpdateAlpha,
    UpdateFilterLossWeight,
    WatchProxy,
)
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.feature_batches import has_views, is_features
from tf_explainer.layers import MirrorShiftMix
from tf_explainer.performers.epoch_backup import EpochBackup
from tf_explainer.training.schedule import Schedule
from tf_explainer.training.stray_filters import stray_filters


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
    proxy: Callable[[Explainer], float] | None = None,
) -> dict[str, list[float]]:
    """Trains `explainer` on images in two phases.

    First everything learns; then the interpretable track stands still and
    the rest wins back accuracy, on mirrored and shifted target features where
    the performer allows it. Landmarks are never read, and
    labels only for the baseline that learns from them.

    Args:
        explainer: An untrained explainer.
        dataset: Images, as `Explainer.fit` takes them; with
            `learn_from="labels"` their labels, too. Or a `PartDataset`, of
            which the split `train` is taken. With `features` they are not
            read.
        epochs: Passes over the images, both phases together; `None` chooses
            by their number, see `Schedule.for_images`.
        batch_size: Images in a step.
        seed: Seed of the order of images.
        filter_weight: Factor of `UpdateFilterLossWeight`; `None` means that
            of `Schedule`.
        backup_dir: Folder that lets an interrupted training go on from its
            last backup, see `EpochBackup`.
        callbacks: Further Keras callbacks.
        schedule: All numbers of the training at once, in place of `epochs`
            and `filter_weight`.
        features: What `Explainer.cached_features` gave for the images of
            `train`, so that the performer need not see them again.
        proxy: What the schedule's `drift_guard` watches, see `WatchProxy`.

    Returns:
        History, metric → value by epoch.

    Raises:
        InputError: If the images do not fit, or if the schedule has a
            `drift_guard` but there is no `proxy` to watch.
    """
    keras.utils.set_random_seed(seed)
    features, labels, count = _lessons(
        explainer, dataset, batch_size, features, (schedule or Schedule).views
    )
    if schedule is None:
        schedule = Schedule.for_images(
            count, batch_size, epochs, filter_weight=filter_weight
        )
    explainer.compile(optimizer=keras.optimizers.Adam(schedule.learning_rate))
    backup = EpochBackup(backup_dir)
    explainer.fit(
        features,
        labels,
        epochs=schedule.epochs,
        initial_epoch=backup.epoch,
        batch_size=batch_size,
        views=schedule.views,
        verbose=0,
        callbacks=[
            *callbacks,
            *_phases(
                explainer, schedule, seed, proxy, backup.history, features
            ),
            UpdateFilterLossWeight(
                schedule.filter_weight, schedule.filter_schedule == "decay"
            ),
            UpdateAlpha(),
            AssignCategories(),
            # The backup comes last: what the others change belongs to it, and
            # weights that are no numbers do not.
            StopOnNaN(),
            backup,
        ],
    )
    return backup.history


def _lessons(
    explainer: Explainer, data: Any, size: int, features: Any, views: int
) -> tuple[Any, np.ndarray | None, int]:
    """Features, labels where they are asked for, and the number of images."""
    if isinstance(splits := getattr(data, "splits", None), Mapping):
        split = splits["train"]
        labels = split.labels if _needs_labels(explainer) else None
        images, count = split.batches(size), len(split)
    elif features is None and is_features(data):
        features, labels, count = data, None, _count(data)
    else:
        images, labels = explainer.images_and_labels(data, size)
        count = _count(images.unbatch())
    if features is None:
        features = explainer.cached_features(images, size, views=views)
    return features, labels, count


def _count(single: tf.data.Dataset) -> int:
    known = int(single.cardinality())
    return known if known >= 0 else int(single.reduce(0, lambda n, _: n + 1))


def _phases(
    explainer: Explainer,
    schedule: Schedule,
    seed: int,
    proxy: Any,
    history: dict[str, list[float]],
    features: Any,
) -> list[keras.callbacks.Callback]:
    views = None
    if explainer.attachment.upper is not None:
        # A mixture of two categories has no one label.
        mix = 0.0 if _needs_labels(explainer) else schedule.mix
        views = MirrorShiftMix(schedule.shift, mix, seed)
    freeze = FreezeInterpretableTrack(
        schedule.learning_epochs,
        views,
        _strays(explainer, schedule, features),
        schedule.ordinary_dropout,
    )

    def learning_rate(epoch: int) -> float:
        # The guard may move the phases.
        now = dataclasses.replace(schedule, learning_epochs=freeze.epoch)
        return now.learning_rate_at(epoch)

    return [
        keras.callbacks.LearningRateScheduler(learning_rate),
        freeze,
        *_guard(schedule, freeze, proxy, history),
    ]


def _strays(explainer: Explainer, schedule: Schedule, features: Any) -> Any:
    # Other filter losses, or none, ask for other filters.
    follow = explainer.compares_views and has_views(features)
    if not (schedule.stray_limit and follow):
        return None
    return functools.partial(
        stray_filters, features=features, limit=schedule.stray_limit
    )


def _guard(
    schedule: Schedule,
    freeze: FreezeInterpretableTrack,
    proxy: Any,
    history: dict[str, list[float]],
) -> list[keras.callbacks.Callback]:
    if not schedule.drift_guard:
        return []
    if proxy is None:
        raise InputError(
            f"`drift_guard` needs a `proxy` to watch, received "
            f"{schedule.drift_guard} and none."
        )
    seen = history.get("proxy", [])
    return [WatchProxy(proxy, freeze, schedule.drift_guard, seen)]


def _needs_labels(explainer: Explainer) -> bool:
    return bool(explainer.settings.learn_from == "labels")
