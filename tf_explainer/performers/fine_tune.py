"""Fits a published network to the categories of a data set."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

from tf_explainer.datasets.check_labeled import check_labeled
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError
from tf_explainer.performers.balanced_images import BalancedImages
from tf_explainer.performers.best_epoch import BestEpoch
from tf_explainer.performers.class_scores import ClassScores
from tf_explainer.performers.epoch_backup import EpochBackup
from tf_explainer.performers.epoch_draws import EpochDraws
from tf_explainer.performers.performer_registry import PERFORMERS

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
