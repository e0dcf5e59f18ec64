"""Trains a performer on labeled images."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from tf_explainer.callbacks.backup import EpochBackup
from tf_explainer.datasets.part_dataset import PartDataset, check_labeled
from tf_explainer.features.cache import (
    cached_if_small,
    feature_cache,
    tell_features,
)
from tf_explainer.features.epoch_draws import EpochDraws
from tf_explainer.performers.performer_registry import PERFORMERS, RECIPES


def train_performer(
    dataset: PartDataset,
    backbone: str | None = None,
    weights: str | Path | None = None,
    epochs: int | None = None,
    batch_size: int = 32,
    seed: int = 0,
    backup_dir: str | Path | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    **build: Any,
) -> tuple[keras.Model, dict[str, list[float]]]:
    """Builds a performer and trains it on the split `train`.

    Adam, the learning rate on a cosine to zero, label smoothing 0.1, images
    mirrored at random. If the performer's `Recipe` freezes a trunk, its
    features of all images and their mirror images are computed once.

    Args:
        dataset: Images and labels.
        backbone: Name in `RECIPES`, or `None` for `small_cnn`.
        weights: Weights file of the backbone.
        epochs: Passes over the images; `None` means the performer's own.
        batch_size: Images in a step.
        seed: Seed of weights, order and mirroring.
        backup_dir: Folder that lets an interrupted training go on from its
            last backup, see `EpochBackup`.
        callbacks: Further Keras callbacks.
        **build: Further arguments of the performer's builder.

    Returns:
        The trained performer and its history, metric → value by epoch.

    Raises:
        InputError: If the images have no categories.
    """
    check_labeled(dataset)
    keras.utils.set_random_seed(seed)
    name = backbone or "small_cnn"
    recipe = RECIPES.get(name)
    if backbone:
        build["weights"] = weights
    split = dataset.splits["train"]
    model = PERFORMERS.get(name)(
        len(dataset.categories),
        image_size=split.images.element_spec.shape[0],
        **build,
    )
    labels = tf.data.Dataset.from_tensor_slices(
        keras.utils.to_categorical(split.labels, len(dataset.categories))
    )
    draws = EpochDraws(seed)
    if recipe.trunk_layer:
        tell = tell_features(callbacks)
        trunk = model.get_layer(recipe.trunk_layer).output
        learner, data, count = _cached(
            model, trunk, split, labels, batch_size, tell
        )
        data = draws.shuffled(data, count)
    else:
        learner, count = model, len(split)
        data = _mirrored_at_random(split, labels, draws)
    data = data.batch(batch_size).prefetch(2)
    epochs = epochs or recipe.epochs
    steps = epochs * -(-count // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, steps)
    learner.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy"],
    )
    backup = EpochBackup(backup_dir)
    learner.fit(
        data,
        epochs=epochs,
        initial_epoch=backup.epoch,
        shuffle=False,
        verbose=0,
        callbacks=[draws, *callbacks, backup],
    )
    return model, backup.history


def _mirrored_at_random(
    split: Any, labels: tf.data.Dataset, draws: EpochDraws
) -> tf.data.Dataset:
    def mirrored(example: Any, key: Any) -> tuple[Any, Any]:
        image, label = example
        image = tf.image.stateless_random_flip_left_right(image, key)
        return tf.cast(image, tf.float32), label

    # Shuffled as they are read: in float32 they take four times as much.
    images = cached_if_small(split.images, len(split))
    pairs = tf.data.Dataset.zip(images, labels)
    data = draws.keyed(draws.shuffled(pairs, len(split)))
    return data.map(mirrored, num_parallel_calls=tf.data.AUTOTUNE)


def _cached(
    model: keras.Model,
    trunk: Any,
    split: Any,
    labels: tf.data.Dataset,
    batch_size: int,
    tell: Any,
) -> tuple[keras.Model, tf.data.Dataset, int]:
    """The tail as a model of its own, and trunk features of both sides."""
    features = keras.Model(model.input, {"trunk": trunk})
    images = split.batches(batch_size)
    mirrored = images.map(lambda batch: batch[:, :, ::-1])
    kept, count = feature_cache(
        features, images.concatenate(mirrored), tell=tell
    )
    maps = kept.map(lambda example: example["trunk"])
    data = tf.data.Dataset.zip(maps, labels.concatenate(labels))
    return keras.Model(trunk, model.output), data, count
