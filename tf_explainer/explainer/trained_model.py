"""How an explainer learns, by Keras' own methods."""

from collections.abc import Mapping
from typing import Any

import keras

from tf_explainer.callbacks.progress_bar import FeatureProgress
from tf_explainer.callbacks.scheduled import with_schedule
from tf_explainer.config.schedule import Schedule
from tf_explainer.errors import InputError
from tf_explainer.explainer.fitting import (
    check_arguments,
    check_compiled,
    check_counts,
    check_fit,
    compiled_here,
    left_as_found,
    taken_steps,
    views_of,
)
from tf_explainer.explainer.readable_model import ReadableModel
from tf_explainer.explainer.start import calibrate
from tf_explainer.explainer.validation import quiet_at_first
from tf_explainer.features.batches import feature_batches, is_features
from tf_explainer.features.epoch_draws import EpochDraws
from tf_explainer.features.examples import Reads
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.sources import split_arrays


class TrainedModel(ReadableModel):
    """A model with `compile`, `fit` and `evaluate`.

    They are Keras' own, for a model that learns without labels from images
    that the performer sees once.
    """

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        **kwargs: Any,
    ) -> None:
        """Takes an optimizer; the learning rate is then the user's.

        Args:
            optimizer: As in Keras.
            loss: Refused: the losses are built in.
            loss_weights: Refused.
            metrics: Refused.
            weighted_metrics: Refused.
            **kwargs: See `keras.Model.compile`.

        Raises:
            InputError: If a loss or metric is given.
        """
        check_compiled(
            {
                "loss": loss,
                "loss_weights": loss_weights,
                "metrics": metrics,
                "weighted_metrics": weighted_metrics,
            }
        )
        super().compile(optimizer=optimizer, **kwargs)

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Compiles a model that is read from a file, see Keras.

        Args:
            config: What `get_compile_config` gave.
        """
        given = keras.saving.deserialize_keras_object(dict(config))
        self.compile(**given)
        self.optimizer.build(self.trainable_variables)

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        augmentation: Any = None,
        views: int | None = None,
        memory_limit: float = 4.0,
        disk_limit: float = 32.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Trains the explainer as `tf-explainer run` does.

        The performer sees each image and its moved views once, and does not
        change.

        With parts, the history of the first phase, in which parts are found,
        holds `part_loss` and `val_part_loss` and no `loss`: what watches
        `val_loss` chooses among the epochs of the second. `val_loss` leaves
        out the filter losses, and what is dropped or removed in learning.

        Args:
            x: Images: array `(images, H, W, 3)`, or a `tf.data.Dataset`, a
                Keras `PyDataset`, a generator or another iterable, with or
                without labels, batched or not, see `features.image_batches`;
                or their features, from `cached_features`.
            y: Ignored; with the setting `learn_from="labels"` the categories.
            batch_size: Images in a batch; 32 if not given.
            epochs: Passes over the images; the schedule fits itself to them.
            verbose: As in Keras; if it is not 0, the features that are
                computed before the first epoch are told, too.
            callbacks: Keras callbacks. Those of `callbacks.schedule` that are
                missing are added in front; the learning rate is left alone
                where you have called `compile`.
            validation_split: Share of the images, the last ones of an array,
                to validate on; not used with `validation_data`, as in Keras.
            validation_data: Images, as `x`; with labels a pair `(x, y)`.
            shuffle: Whether the order is new in each epoch.
            augmentation: Callable from a batch of images to such a batch. The
                performer then runs in each step.
            views: Moved views of each image that are learned from, too;
                `None` as in `Schedule`.
            memory_limit: Features kept in memory, GiB.
            disk_limit: Features written to disk if they are more, GiB.
            seed: Of order and views; with the number of an epoch it fixes
                what is drawn there. `None` draws one.
            **kwargs: See `keras.Model.fit`. Of images that do not say where
                they end, `steps_per_epoch` batches are taken once.

        Raises:
            InputError: If the images do not fit the performer, or if a
                feature or the loss is not finite.
        """
        check_fit(kwargs, validation_data, epochs=epochs, batch_size=batch_size)
        draws, numbers = (
            EpochDraws(seed),
            Schedule.of(epochs, preset=self.settings.preset),
        )
        limits = memory_limit, disk_limit
        reads = Reads(
            self.examples, batch_size, draws, shuffle, augmentation, *limits
        )
        views = views_of(self, x, views, augmentation)
        if validation_split and validation_data is None:
            (x, y), validation_data = split_arrays(x, y, validation_split)
        steps = taken_steps(kwargs, "steps_per_epoch", x)
        held_steps = taken_steps(kwargs, "validation_steps", validation_data)
        tellers = FeatureProgress.beside(callbacks, verbose)
        with told_faults("x", augmentation is not None and steps is None):
            lessons = reads.lessons(x, y, views, steps, tellers)
            held = reads.held_out(
                validation_data, held_steps, self.encoder.parts > 0, tellers
            )
            known = lessons.batches.map(self.examples.features)
            if not self.calibrated.numpy():
                calibrate(self, known)
            self.examples.values.tell("x")
            ours = compiled_here(self, numbers.learning_rate)
            planned = with_schedule(callbacks, numbers, draws.seed, ours)
            with (
                left_as_found(self, lessons.kept, known, held),
                quiet_at_first(self, planned, epochs, held),
            ):
                return super().fit(
                    lessons.batches,
                    epochs=epochs,
                    verbose=verbose,
                    callbacks=[draws, *planned],
                    validation_data=held,
                    shuffle=False,
                    **kwargs,
                )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: Any = None,
        steps: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Returns the losses on images, or on their features.

        Of images with labels it also returns `performer_accuracy` and
        `explainer_accuracy`, shares of the images, and `delta_error`, what
        the explainer loses, in percentage points. `agreement`, the share of
        the images for which both decide alike, needs no labels.

        Args:
            x: Images, as in `fit`, alone or with their labels; or features.
            y: Categories of the images; `None` if they come with them, or are
                not known.
            batch_size: Images in a batch; 32 if not given.
            steps: As in Keras.
            **kwargs: See `keras.Model.evaluate`.

        Returns:
            A list, or with `return_dict=True` a dictionary.

        Raises:
            InputError: If images or labels do not fit.
        """
        state = self.fit_state
        if state.runs and x is state.held_out:
            # Keras asks in each epoch; they are read already.
            return super().evaluate(x, steps=steps, **kwargs)
        check_counts(batch_size=batch_size, steps=steps)
        check_arguments(kwargs)
        with told_faults("x", any_length=steps is None):
            data = self.examples.measured(x, y, batch_size, steps=steps)
            if is_features(x):
                data = feature_batches(self.attachment, data, batch_size)
            as_dict = kwargs.pop("return_dict", False)
            losses = super().evaluate(
                data, steps=steps, return_dict=True, **kwargs
            )
            self.examples.values.tell("x")
            if not losses:
                raise InputError("`x` must not be empty, received 0 images.")
            return losses if as_dict else list(losses.values())

    def renew_train_function(self) -> None:
        """Lets the next step see what was changed beside weights."""
        self.test_function = None
        if getattr(self, "train_function", None) is not None:
            self.make_train_function(force=True)
