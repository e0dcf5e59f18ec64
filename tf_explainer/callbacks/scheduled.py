"""The whole training of an explainer as a list of Keras callbacks."""

import math
from typing import Any

import keras
import numpy as np

from tf_explainer.callbacks.freezing import FreezeInterpretableTrack
from tf_explainer.callbacks.updates import (
    AssignCategories,
    UpdateAlpha,
    UpdateFilterLossWeight,
)
from tf_explainer.config.schedule import Schedule
from tf_explainer.errors import InputError
from tf_explainer.layers import MirrorShift


def check_finite_weights(model: keras.Model, name: str) -> None:
    """Refuses a model with a weight that is NaN or infinite.

    Its outputs do not always show it: some processors' ReLU turns NaN to 0.

    Args:
        model: A built model.
        name: What the message calls it.

    Raises:
        InputError: If a weight is not finite; the first one is named.
    """
    for weight in model.weights:
        values = np.asarray(weight)
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise InputError(
                f"The {name}'s weight {weight.path!r} holds NaN or infinity. "
                "Train it again with a lower learning rate."
            )


class StopOnNaN(keras.callbacks.Callback):
    """Raises an error that says what to try when the loss is not finite.

    Raises:
        InputError: At the first batch whose mean loss is NaN or infinite, or
            at the end of an epoch after which a weight is.
    """

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        known = [(logs or {}).get(name, 0.0) for name in ("loss", "part_loss")]
        loss = float(sum(known))
        if not math.isfinite(loss):
            raise InputError(
                f"The loss is {loss} in batch {batch}. Try a smaller learning "
                "rate, a smaller filter weight or eta, or float32 in place of "
                "mixed precision; and check that the performer's features are "
                "finite."
            )

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        check_finite_weights(self.model, "explainer")


_OF_LEARNING_RATE = (
    keras.callbacks.LearningRateScheduler,
    keras.callbacks.ReduceLROnPlateau,
)


def schedule(
    numbers: Schedule | None = None, seed: int | None = 0, **given: Any
) -> list[keras.callbacks.Callback]:
    """Returns the callbacks that train an explainer as `tf-explainer run` does.

    First the parts are found, then they stand still and the rest learns: the
    filters of each part, the ordinary track and the decoder, with some parts
    removed in some images, and now and then without the ordinary track.

    With the preset `filters` everything learns first; then the interpretable
    track stands still, filters that do not follow the image fall silent, and
    the rest wins back accuracy, on mirrored and shifted target features. λ_f,
    α and ĉ are kept up to date, and the learning rate follows the two phases.

    `Explainer.fit` takes them by default; hand them in to change a number:

    ```python
    explainer.fit(
        images, epochs=25, callbacks=schedule(epochs=25, removal=0.5)
    )
    ```

    Args:
        numbers: All numbers of the training; `None` means the defaults.
        seed: Seed of the mirrored and shifted features.
        **given: Fields of `Schedule` in the place of `numbers`, such as
            `epochs`, which must be those of `fit`.

    Raises:
        InputError: If a number is out of range.

    Source:
        Zhang et al. 2018, section 3.1 (α) and appendix "Optimization of
        filter losses" (λ_f, ĉ). The two phases are ours.
    """
    if numbers is None:
        numbers = Schedule.of(**given)
    return [
        keras.callbacks.LearningRateScheduler(numbers.learning_rate_at),
        FreezeInterpretableTrack(
            numbers.learning_epochs,
            MirrorShift(numbers.shift, seed) if numbers.shift else None,
            numbers.stray_limit,
            numbers.ordinary_dropout,
            numbers.noise,
            numbers.removal,
        ),
        UpdateFilterLossWeight(
            numbers.filter_weight, numbers.filter_schedule == "decay"
        ),
        UpdateAlpha(),
        AssignCategories(),
        # Weights that are no numbers must not be kept by what comes behind.
        StopOnNaN(),
    ]


def with_schedule(
    callbacks: Any,
    numbers: Schedule,
    seed: int | None = 0,
    learning_rate: bool = True,
) -> list[keras.callbacks.Callback]:
    """Returns the callbacks and, in front, those of `schedule` that lack.

    In front, so that what is saved at the end of an epoch holds what they
    change there.

    Args:
        callbacks: A callback, a list of them, or `None`.
        numbers: All numbers of the training.
        seed: See `schedule`.
        learning_rate: Whether the learning rate follows the schedule, too,
            unless one of `callbacks` sets it.
    """
    given = list(keras.tree.flatten(callbacks)) if callbacks else []
    held = tuple(type(one) for one in given)
    if not learning_rate or any(issubclass(k, _OF_LEARNING_RATE) for k in held):
        held = (*held, *_OF_LEARNING_RATE)
    missing = [
        one
        for one in schedule(numbers, seed)
        if not any(issubclass(kind, type(one)) for kind in held)
    ]
    return [*missing, *given]
