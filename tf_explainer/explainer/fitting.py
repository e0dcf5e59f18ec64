"""How an explainer learns: one backward pass a step."""

import functools
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from tf_explainer.callbacks import with_needed
from tf_explainer.errors import InputError
from tf_explainer.explainer.fit_arguments import (
    check_arguments,
    check_counts,
    taken_steps,
)
from tf_explainer.explainer.lessons import Lessons
from tf_explainer.explainer.start import calibrate
from tf_explainer.features.batches import feature_batches, is_features
from tf_explainer.features.cache import tell_features
from tf_explainer.features.epoch_draws import EpochDraws
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.images import image_batches
from tf_explainer.losses.filter_loss import STATISTICS

_strategy = tf.distribute.get_strategy


class Fitting(Lessons):
    """`fit`, `evaluate` and the train step, mixed into `Explainer`."""

    performer: Any
    encoder: Any
    decoder: Any
    attachment: Any
    settings: Any
    reconstruction_weights: Any
    calibrated: Any
    reconstructed_layers: Any
    encode: Any
    loss_terms: Any
    optimizer: Any
    _logged: Any

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_data: Any = None,
        shuffle: bool = True,
        augmentation: Any = None,
        views: int | None = None,
        memory_limit: float = 4.0,
        disk_limit: float = 32.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Trains the explainer; the performer does not change.

        Without augmentation the performer sees each image once and its
        features are kept.

        Args:
            x: Images: array `(images, H, W, 3)`, or a `tf.data.Dataset`, a
                Keras `PyDataset`, a generator or another iterable of images,
                with or without labels, batched or not, see
                `performers.image_batches`; or their features, from
                `cached_features`.
            y: Ignored, since labels are never asked for; only with the
                setting `learn_from="labels"`, the categories of the images,
                see `labeled_batches`.
            batch_size: Images in a batch; 32 if not given.
            epochs: Number of epochs.
            verbose: As in Keras.
            callbacks: Keras callbacks. Those of `UpdateFilterLossWeight`,
                `UpdateAlpha` and `AssignCategories` that are missing are
                added, and `StopOnNaN`. One with a method
                `on_features(done, total)` is told how many of the
                performer's features are computed.
            validation_data: Images, as `x`; with `learn_from="labels"` a
                pair `(x, y)`, or a data set that holds labels.
            shuffle: Whether to shuffle before each epoch.
            augmentation: Callable from a batch of images to a batch of
                images, for example a Keras layer. The performer then runs in
                each step.
            views: Moved views of each image, mirrored, shifted, turned and
                scaled, whose features are kept, too; a step then learns from
                each image and one of its views. `None`: 3 for a filter loss
                that compares views, 0 for others.
            memory_limit: Features kept in memory, GiB.
            disk_limit: Features written to disk if they are more, GiB.
            seed: Seed of order and views; with the number of an epoch it
                fixes what is drawn there, so that `initial_epoch` goes on as
                if nothing had been between. `None` draws one, which
                `keras.utils.set_random_seed` fixes.
            **kwargs: See `keras.Model.fit`. Of images that do not say where
                they end, `steps_per_epoch` batches are taken once, and are
                learned from in each epoch; `validation_steps` alike.

        Returns:
            A `keras.callbacks.History`.

        Raises:
            InputError: If the images do not fit the performer, or if a
                feature or the loss is not finite.
        """
        if getattr(self, "optimizer", None) is None:
            self.compile(optimizer=keras.optimizers.Adam(2e-4))  # type: ignore[attr-defined]
        self._check_compiled()
        check_counts(
            epochs=epochs,
            batch_size=batch_size,
            steps_per_epoch=kwargs.get("steps_per_epoch"),
            validation_steps=kwargs.get("validation_steps"),
        )
        check_arguments(kwargs)
        draws = EpochDraws(seed)
        callbacks = with_needed(callbacks)
        batches = functools.partial(
            feature_batches,
            self.attachment,
            batch_size=batch_size,
            memory_limit=memory_limit,
            disk_limit=disk_limit,
            tell=tell_features(callbacks),
        )
        steps = taken_steps(kwargs, "steps_per_epoch", x)
        held_steps = taken_steps(kwargs, "validation_steps", validation_data)
        any_length = augmentation is not None and steps is None
        with told_faults("x", any_length):
            examples = self._examples(x, y, batch_size, steps=steps)
            data = batches(
                examples,
                draws=draws,
                shuffle=shuffle,
                augmentation=augmentation,
                views=self._views(examples, views),
            )
            if validation_data is not None:
                held = self._held(validation_data, batch_size, held_steps)
                validation_data = batches(held)
            if not self.calibrated.numpy():
                calibrate(self, data.map(self._features_of))
            return super().fit(  # type: ignore[misc]
                data,
                epochs=epochs,
                verbose=verbose,
                callbacks=[draws, *callbacks],
                validation_data=validation_data,
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
        """Returns the losses on images; arguments as in `fit`.

        Args:
            x: Images, or their features.
            y: Their categories, with `learn_from="labels"`.
            batch_size: Images in a batch; 32 if not given.
            steps: Batches to look at; images that do not say where they end
                need it.
            **kwargs: See `keras.Model.evaluate`.

        Raises:
            InputError: If there is no image, or if the images do not fit.
        """
        check_counts(batch_size=batch_size, steps=steps)
        check_arguments(kwargs)
        with told_faults("x", any_length=steps is None):
            data = self._examples(x, y, batch_size, steps=steps)
            if is_features(x):
                data = feature_batches(self.attachment, data, batch_size)
            as_dict = kwargs.pop("return_dict", False)
            losses = super().evaluate(  # type: ignore[misc]
                data, steps=steps, return_dict=True, **kwargs
            )
            if not losses:
                raise InputError("`x` must not be empty, received 0 images.")
            return losses if as_dict else list(losses.values())

    def calibrate(self, images: Any, batch_size: int | None = None) -> None:
        """Sets `lambda_l`, magnitudes and α from images, without training.

        Args:
            images: As in `fit`; of features with views, the images alone.
            batch_size: Images in a batch; 32 if not given.

        Raises:
            InputError: See `fit`.
        """
        with told_faults():
            if is_features(images):
                batches = feature_batches(self.attachment, images, batch_size)
            else:
                shape = self.attachment.features.input_shape[1:]
                batches = image_batches(images, batch_size, shape)
            calibrate(self, batches.map(self._features_of))

    def train_step(self, data: Any) -> dict[str, Any]:
        features = self._augmented(self._lesson(_first(data)))
        weights = self.trainable_weights
        probes = self._probes()
        with tf.GradientTape() as tape:
            for probe in probes:
                tape.watch(probe)
            encoded = self.encode(features, probes, training=True)
            losses = self.loss_terms(features, encoded.output)
            total = losses["loss"] / _strategy().num_replicas_in_sync
            scaled = self.optimizer.scale_loss(total)
        gradients, statistics = tape.gradient(scaled, [weights, probes])
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        filter_loss = 0.0
        for layer, seen in zip(self.filter_losses, statistics, strict=False):
            layer.record(seen)
            filter_loss += ops.mean(seen[2])
        return self._logged({**losses, "filter_loss": filter_loss})

    def test_step(self, data: Any) -> dict[str, Any]:
        features = self._features_of(_first(data))
        # The filter loss is of unmasked maps, of views, of a mixture of
        # tracks: there is none of an image as it is.
        return self._logged(
            self.loss_terms(features, self.encode(features).output)
        )

    @property
    def trainable_weights(self) -> list[Any]:
        """Those of encoder and decoder; the performer's never learn here."""
        return self._own(super().trainable_weights)  # type: ignore[misc]

    @property
    def trainable_variables(self) -> list[Any]:
        """As `trainable_weights`."""
        return self._own(super().trainable_variables)  # type: ignore[misc]

    @property
    def non_trainable_weights(self) -> list[Any]:
        """All other weights, the performer's among them."""
        return _without(self.weights, self.trainable_weights)  # type: ignore[attr-defined]

    @property
    def non_trainable_variables(self) -> list[Any]:
        """All other variables, the performer's among them."""
        return _without(self.variables, self.trainable_variables)  # type: ignore[attr-defined]

    def _own(self, variables: list[Any]) -> list[Any]:
        return _without(variables, self.performer.variables)

    @property
    def filter_losses(self) -> list[Any]:
        """The filter-loss layers of conv-interp-1 and conv-interp-2."""
        return [layer.filter_loss for layer in self.encoder.interpretable]

    def _probes(self) -> list[Any]:
        """Zeros whose gradients carry the norms that λ_f needs.

        There are none once the interpretable track is frozen: the filter
        loss then has nothing to train.
        """
        if not self.encoder.interp_1.trainable:
            return []
        shape = (STATISTICS, self.encoder.filters)
        return [tf.zeros(shape), tf.zeros(shape)]

    def _check_compiled(self) -> None:
        given = {"loss": "_compile_loss", "metrics": "_compile_metrics"}
        for name, attribute in given.items():
            if getattr(self, attribute, None) is not None:
                raise InputError(
                    f"`{name}` must not be given to `compile`: the "
                    "explainer's losses and metrics are built in."
                )


def _without(variables: list[Any], others: list[Any]) -> list[Any]:
    left_out = {id(variable) for variable in others}
    return [one for one in variables if id(one) not in left_out]


def _first(data: Any) -> Any:
    x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
    return x
