"""What an explainer hands out, by Keras' own methods."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tf_explainer.errors import InputError
from tf_explainer.explainer.attached_model import AttachedModel
from tf_explainer.explainer.made_of import overview
from tf_explainer.explainer.reading import chosen_outputs
from tf_explainer.features.batches import is_features
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.images import image_batches


class ReadableModel(AttachedModel):
    """An attached model with `predict`, `export` and `summary`."""

    _told_outputs: tuple[str, ...] = ()

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
                    self.examples.values.watched(images),
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
        return told

    def predict_on_batch(self, x: Any) -> dict[str, Any]:
        """Returns what `predict` returns, of one batch.

        Args:
            x: Images `(batch, H, W, 3)`.
        """
        self._tell_outputs(None)
        return super().predict_on_batch(x)

    def predict_step(self, data: Any) -> dict[str, Any]:
        told = super().predict_step(data)
        return {name: told[name] for name in self._told_outputs or told}

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
