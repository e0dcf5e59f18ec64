"""Fits a published network to the categories of a data set."""

import dataclasses
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.callbacks.backup import BestEpoch, EpochBackup
from tf_explainer.datasets.part_dataset import (
    PartDataset,
    PartSplit,
    check_labeled,
)
from tf_explainer.errors import InputError
from tf_explainer.features.cache import cached_if_small
from tf_explainer.features.epoch_draws import EpochDraws
from tf_explainer.performers.network_layers import ClassScores
from tf_explainer.performers.performer_registry import PERFORMERS


@dataclasses.dataclass(frozen=True, eq=False)
class BalancedImages:
    """The split `train`, parted in two, for learning and for stopping.

    Args:
        split: The images.
        categories: Number of categories.
        share: Share of each category that is held out, the same for a seed.
        draws: Seed of all choices, and what draws in each epoch; a callback
            of the training.
    """

    split: PartSplit
    categories: int
    share: float = 0.2
    draws: EpochDraws = dataclasses.field(default_factory=lambda: EpochDraws(0))

    @property
    def held_out(self) -> np.ndarray:
        """Whether an image is for validation, bool `(images,)`.

        One image at least of each category that has two.
        """
        held = np.zeros(len(self.split), bool)
        random = np.random.default_rng(self.draws.seed)
        for found in self._by_category():
            count = max(round(self.share * len(found)), 1)
            if len(found) > 1:
                held[random.permutation(found)[:count]] = True
        return held

    def __len__(self) -> int:
        """Number of images in an epoch: as many of each category."""
        return sum(self._draw(0))

    def training(self, batch_size: int) -> tf.data.Dataset:
        """Returns batches of images, mirrored at random, and one-hot labels.

        In each epoch a large category shows some of its images, others in
        the next, and a small one shows its images several times.

        Args:
            batch_size: Images in a batch.
        """
        counts = tf.data.Dataset.from_generator(
            lambda: self._draw(self.draws.epoch),
            output_signature=tf.TensorSpec((), tf.int64),
        )
        drawn = tf.data.Dataset.zip(*self._labeled, counts).flat_map(
            lambda image, label, count: tf.data.Dataset.from_tensors(
                (image, label)
            ).repeat(count)
        )
        shuffled = self.draws.shuffled(drawn, len(self))
        batches = (
            self.draws.keyed(shuffled)
            .map(_mirrored, num_parallel_calls=tf.data.AUTOTUNE)
            .batch(batch_size)
        )
        return _of_known_size(batches, len(self), batch_size).prefetch(2)

    def validation(self, batch_size: int) -> tf.data.Dataset | None:
        """Returns batches of the images held out, labels and weights.

        The weights let each category count the same.

        Args:
            batch_size: Images in a batch.
        """
        held = self.held_out
        if not held.any():
            return None
        labels = self.split.labels
        counts = np.bincount(labels[held], minlength=self.categories)
        present = np.count_nonzero(counts)
        weights = held.sum() / (present * np.maximum(counts, 1))[labels]
        chosen = tf.data.Dataset.from_tensor_slices(
            (held, weights.astype("float32"))
        )
        batches = (
            tf.data.Dataset.zip(*self._labeled, chosen)
            .filter(lambda image, label, chosen: chosen[0])
            .map(lambda image, label, chosen: (_float(image), label, chosen[1]))
            .batch(batch_size)
        )
        return _of_known_size(batches, held.sum(), batch_size).prefetch(2)

    def _by_category(self) -> list[np.ndarray]:
        labels = self.split.labels
        return [np.flatnonzero(labels == k) for k in range(self.categories)]

    def _draw(self, epoch: int) -> Iterator[int]:
        """How often each image shows in an epoch, in the images' order."""
        random = np.random.default_rng((self.draws.seed, epoch))
        held = self.held_out
        groups = [found[~held[found]] for found in self._by_category()]
        groups = [found for found in groups if len(found)]
        quota = -(-sum(map(len, groups)) // len(groups))
        counts = np.zeros(len(self.split), int)
        for found in groups:
            counts[found] = quota // len(found)
            counts[random.permutation(found)[: quota % len(found)]] += 1
        return iter(counts.tolist())

    @functools.cached_property
    def _labeled(self) -> tuple[tf.data.Dataset, tf.data.Dataset]:
        # Once, so that both parts share one cache.
        labels = tf.one_hot(self.split.labels, self.categories)
        return (
            cached_if_small(self.split.images, len(self.split)),
            tf.data.Dataset.from_tensor_slices(labels),
        )


def _of_known_size(
    batches: tf.data.Dataset, images: int, batch_size: int
) -> tf.data.Dataset:
    # Keras warns where data of unknown size ends.
    steps = -(-images // batch_size)
    return batches.apply(tf.data.experimental.assert_cardinality(steps))


def _mirrored(example: Any, key: Any) -> tuple[Any, Any]:
    image, label = example
    return _float(tf.image.stateless_random_flip_left_right(image, key)), label


def _float(image: Any) -> Any:
    return tf.cast(image, tf.float32)


EPOCHS = 20
PATIENCE = 4
# Of the first and of the last epoch; a tenth of what MatConvNet trains from
# random weights with (`logspace(-2, -4)`), as usual for trained ones.
LEARNING_RATES = (1e-3, 1e-5)
MOMENTUM = 0.9
# MatConvNet's 0.0005 is added to the gradient and so passes the momentum;
# Keras' decay does not, which makes it ten times as weak.
WEIGHT_DECAY = 5e-4 / (1 - MOMENTUM)


def fine_tune(
    dataset: PartDataset,
    backbone: str,
    weights: str | Path | None = None,
    epochs: int | None = None,
    batch_size: int = 32,
    seed: int = 0,
    backup_dir: str | Path | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    learning_rates: tuple[float, float] = LEARNING_RATES,
    **build: Any,
) -> tuple[keras.Model, dict[str, list[float]]]:
    """Builds a performer, gives it a new fc8, and trains all of its layers.

    Stochastic gradient descent with momentum and weight decay, the learning
    rate falling from epoch to epoch by a constant factor. Every category
    shows equally many images; images are mirrored at random. A fifth of
    `train` is held out: training stops when its loss has not fallen for
    `PATIENCE` epochs, and the best epoch's weights are returned. The model
    holds its preprocessing and the names of the categories.

    Args:
        dataset: Images and labels; one category and the background, or
            several categories.
        backbone: Name in `PERFORMERS`.
        weights: Weights file of the backbone; `None` starts at random.
        epochs: Most passes over the images; `None` means `EPOCHS`.
        batch_size: Images in a step.
        seed: Seed of fc8, order, mirroring and the images held out.
        backup_dir: Folder that lets an interrupted training go on from its
            last backup, see `EpochBackup`.
        callbacks: Further Keras callbacks.
        learning_rates: Of the first and of the last epoch.
        **build: Further arguments of the performer's builder.

    Returns:
        The trained performer and its history, metric → value by epoch.

    Raises:
        InputError: If the images have no categories, if the weights do not
            fit, or if the loss is not finite from the first epoch on.

    Source:
        Zhang et al. 2018, section 4 "Two experiments"; `cnn_train` and
        `cnn_imagenet_init` of MatConvNet.
    """
    check_labeled(dataset)
    keras.utils.set_random_seed(seed)
    split = dataset.splits["train"]
    model = PERFORMERS.get(backbone)(
        len(dataset.categories),
        image_size=split.images.element_spec.shape[0],
        weights=weights,
        **build,
    )
    _renew_top(model, dataset.categories)
    epochs = epochs or EPOCHS
    backup, draws = EpochBackup(backup_dir), EpochDraws(seed)
    images = BalancedImages(split, len(dataset.categories), draws=draws)
    data, held_out = images.training(batch_size), images.validation(batch_size)
    monitor = "loss" if held_out is None else "val_loss"
    best = BestEpoch(
        backup_dir, PATIENCE, monitor, backup.history.get(monitor, ())
    )
    # A model of its own, so that the performer is saved without an optimizer.
    learner = keras.Model(model.input, model.output)
    learner.compile(
        optimizer=_optimizer(learning_rates, epochs, len(data)),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    if not best.is_over:
        learner.fit(
            data,
            validation_data=held_out,
            epochs=epochs,
            initial_epoch=backup.epoch,
            shuffle=False,
            verbose=0,
            callbacks=[draws, *callbacks, best, backup],
        )
    if best.best is None:
        raise InputError(
            f"`--backbone` {backbone} does not learn from these weights: its "
            f"loss is not finite, received --weights {weights}."
        )
    best.restore(learner)
    return model, backup.history


def _renew_top(model: keras.Model, categories: Sequence[str]) -> None:
    """A random fc8, even if the file's has as many classes; and its names."""
    for layer in model.layers:
        if layer.name == "fc8":
            kernel = layer.kernel
            kernel.assign(layer.kernel_initializer(kernel.shape, kernel.dtype))
            layer.bias.assign(layer.bias_initializer(layer.bias.shape))
        if isinstance(layer, ClassScores):
            layer.class_names = list(categories)


def _optimizer(
    rates: tuple[float, float], epochs: int, steps: int
) -> keras.optimizers.Optimizer:
    first, last = rates
    rate = keras.optimizers.schedules.ExponentialDecay(
        first,
        decay_steps=steps,
        decay_rate=(last / first) ** (1 / max(epochs - 1, 1)),
        staircase=True,
    )
    optimizer = keras.optimizers.SGD(
        rate, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY
    )
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer
