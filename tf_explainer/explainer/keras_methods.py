"""Keras' own methods, as they are for an explainer."""

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from tf_explainer.distribution import replica_batches
from tf_explainer.errors import InputError
from tf_explainer.explainer.fitting import (
    check_arguments,
    check_compiled,
    check_counts,
)
from tf_explainer.explainer.made_of import overview
from tf_explainer.explainer.reading import chosen_outputs
from tf_explainer.explainer.worker_steps import WorkerSteps
from tf_explainer.features.batches import feature_batches, is_features
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.images import image_batches

_REAL = "is_asked_for"


class KerasMethods(WorkerSteps):
    """An attached model with `compile`, `evaluate`, `predict` and the like.

    They are Keras' own, for a model that has its own losses and learns
    without labels from images that the performer sees once.
    """

    _told_outputs: tuple[str, ...] = ()

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
                replica_batches(data, self.distribute_strategy),
                steps=steps,
                return_dict=True,
                **kwargs,
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

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
        outputs: str | Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """Returns what a call returns, of any number of images, as arrays.

        Args:
            x: Images, as in `fit`.
            batch_size: Images in a batch; 32 if not given.
            verbose: As in Keras.
            steps: As in Keras.
            callbacks: As in Keras.
            outputs: Names of what is returned, `"all"`, or `None` for all but
                `maps` and `reconstructions`, which are many times as large as
                the rest.

        Raises:
            InputError: If the images do not fit the performer, or there is no
                such output.
        """
        if is_features(x):
            raise InputError(
                "`x` must hold images, received features: they are for `fit`, "
                "`evaluate` and `calibrate`."
            )
        self._tell_outputs(outputs)
        with told_faults("x", any_length=steps is None):
            shape = self.examples.shape
            images = image_batches(x, batch_size, shape, "x", steps)
            try:
                told = super().predict(
                    self._spread_images(self.examples.values.watched(images)),
                    verbose=verbose,
                    steps=steps,
                    callbacks=callbacks,
                )
            except UnboundLocalError as error:
                # Keras asks for the outputs of a first batch.
                raise InputError(
                    "`x` must not be empty, received 0 images."
                ) from error
        self.examples.values.tell("x")
        real = told.pop(_REAL, None)
        if real is None:
            return told
        return {name: value[real > 0] for name, value in told.items()}

    def predict_on_batch(self, x: Any) -> dict[str, Any]:
        """Returns what `predict` returns, of one batch.

        Args:
            x: Images `(batch, H, W, 3)`.
        """
        self._tell_outputs(None)
        told = super().predict_on_batch(x)
        # Each replica answers all of it, and Keras joins their answers.
        return {name: value[: len(x)] for name, value in told.items()}

    def predict_step(self, data: Any) -> dict[str, Any]:
        told = super().predict_step(data)
        told = {name: told[name] for name in self._told_outputs or told}
        _, real, _ = keras.utils.unpack_x_y_sample_weight(data)
        return told if real is None else {**told, _REAL: real}

    def _tell_outputs(self, outputs: str | Sequence[str] | None) -> None:
        names = chosen_outputs(outputs, self.encoder.parts > 0)
        if names != self._told_outputs:
            # It is traced with what is told.
            self.predict_function = None
        self._told_outputs = names

    def export(
        self,
        filepath: str | Path,
        format: str = "tf_saved_model",
        verbose: bool | None = None,
        input_signature: Any = None,
        **kwargs: Any,
    ) -> None:
        """Writes the SavedModel of `tf_explainer.export.export_saved_model`.

        Args:
            filepath: Folder to write.
            format: `tf_saved_model`; there is no other.
            verbose: Whether Keras tells what it writes.
            input_signature: Not taken: the signatures are built in.
            **kwargs: See `tf_explainer.export.export_saved_model`.

        Raises:
            InputError: If another format, or a signature, is asked for.
        """
        if format != "tf_saved_model":
            raise InputError(
                f"`format` must be 'tf_saved_model', received {format!r}."
            )
        if input_signature is not None:
            raise InputError(
                "`input_signature` is not taken: an explainer's signatures are "
                "built in, for images and for encoded images."
            )
        # A room above this one: Keras wants the method here.
        room = importlib.import_module("tf_explainer.export")
        room.export_saved_model(self, filepath, verbose=bool(verbose), **kwargs)

    def summary(self, *args: Any, print_fn: Any = None, **kwargs: Any) -> None:
        """Prints what the explainer is made of, and Keras' table of layers.

        Args:
            *args: See `keras.Model.summary`.
            print_fn: As in Keras.
            **kwargs: See `keras.Model.summary`.
        """
        for line in overview(self):
            (print_fn or print)(line)
        super().summary(*args, print_fn=print_fn, **kwargs)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The running means that `fit` reports, under stable names."""
        return [*self._running_means.values(), *self._measures.means.values()]
