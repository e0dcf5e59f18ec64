"""The explainer: a performer paraphrased by object parts."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from tf_explainer.attachment import Cut
from tf_explainer.attachment.head import predicted_categories
from tf_explainer.callbacks.progress_bar import FeatureProgress
from tf_explainer.callbacks.scheduled import with_schedule
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.schedule import Schedule
from tf_explainer.distribution import replica_batches
from tf_explainer.explainer.calibration import calibrate
from tf_explainer.explainer.fitting import (
    FitState,
    check_fit,
    compiled_here,
    left_as_found,
    taken_steps,
    views_of,
)
from tf_explainer.explainer.keras_methods import KerasMethods
from tf_explainer.explainer.objective import Objective
from tf_explainer.explainer.reading import outputs
from tf_explainer.explainer.spreading import (
    as_the_chief,
    draws_alike,
    spread_lessons,
)
from tf_explainer.explainer.start import new_encoder
from tf_explainer.explainer.steps import learned_step, validated_step
from tf_explainer.explainer.two_tracks import Encoded, EncodedParts
from tf_explainer.explainer.typical import new_typicality
from tf_explainer.explainer.validation import Measures, quiet_at_first
from tf_explainer.features.examples import Reads
from tf_explainer.features.image_checks import (
    finite_images,
    nan_unless,
    told_faults,
)
from tf_explainer.features.sources import split_arrays
from tf_explainer.features.views import unit_frames


@keras.saving.register_keras_serializable("tf_explainer")
class Explainer(KerasMethods):
    """Explains a frozen CNN by filters that each stand for an object part.

    The explainer reads the performer's target feature, turns it into maps of
    object parts (and an ordinary track for what is no part), and rebuilds
    from them the performer's upper features. No labels and no part
    annotations are needed. Use `from_performer` to make one.

    Args:
        performer: A built Keras model from images to class scores. It is
            shared, not copied, and stays as it is; training it on yourself
            changes what is explained.
        target_layer: Path of the layer that is explained.
        replaced_layer: Path of the layer the encoder stands in for.
        reconstructed_layers: Paths of the layers that are rebuilt.
        settings: `ExplainerSettings`, or a dictionary of them.
        check_positions: Whether impulses check the positions of the
            performer, see `Attachment.of`; not before its weights are read.
        part_names: What the parts are called, see `name_parts`.
        class_names: What the performer's classes are called.
        **kwargs: Base model keyword arguments, such as `name`, `dtype`.

    Call arguments:
        inputs: Images `(batch, H, W, 3)` as the performer takes them.

    Returns:
        A dictionary, see `explainer.reading.outputs`: scores, maps, peaks,
        and where the parts are.

        An image with a pixel that is NaN or infinite is refused; in a graph,
        where nothing can be refused, all of it but `p` is NaN.

    Raises:
        InputError: If the performer cannot be taken apart so.

    Source:
        Zhang et al. 2018.
    """

    def __init__(
        self,
        performer: keras.Model,
        target_layer: str,
        replaced_layer: str,
        reconstructed_layers: Sequence[str],
        settings: ExplainerSettings | Mapping[str, Any] | None = None,
        check_positions: bool = True,
        part_names: Sequence[str] | None = None,
        class_names: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(settings, ExplainerSettings):
            settings = ExplainerSettings.of(settings or {})
        self.settings = settings
        self._attach(
            performer,
            Cut(target_layer, replaced_layer, tuple(reconstructed_layers)),
            settings.negative_category,
            check_positions,
        )
        self.decoder = self.attachment.new_decoder()
        self.encoder = new_encoder(self.attachment, settings, self.dtype_policy)
        self.typicality = new_typicality()
        self._call_by_name(part_names, class_names)
        self.reconstruction_weights = {
            layer: self._constant(f"lambda_{index}", 1.0)
            for index, layer in enumerate(self.reconstructed_layers)
        }
        self.calibrated = self._constant("calibrated", 0.0)
        self.objective = Objective(
            self.attachment,
            self.encoder,
            self.decoder,
            self.reconstruction_weights,
            settings,
        )
        self._read_with(
            categories=len(self.class_names),
            labeled=settings.learn_from == "labels",
            paired=self.objective.compares_views or self.encoder.parts > 0,
        )
        self._running_means = {
            name: keras.metrics.Mean(name=name) for name in self.objective.names
        }
        self._measures = Measures()
        self.fit_state = FitState()
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> dict[str, Any]:
        features = self.attachment.features(inputs, training=False)
        encoded = self.encode(features)
        rebuilt = self.decoder(encoded.output, training=False)
        told = outputs(self, features, encoded, rebuilt)
        p = ops.cast(self.encoder.mixer.p, "float32")
        return {
            **nan_unless(finite_images(inputs, features), told),
            "p": ops.broadcast_to(p, ops.shape(features["scores"])[:1]),
        }

    def encode(
        self,
        features: Mapping[str, Any],
        probes: Any = None,
        training: bool = False,
        **given: Any,
    ) -> Encoded | EncodedParts:
        """Runs the encoder on the performer's features.

        Args:
            features: A batch as `Attachment.features` gives it.
            probes: See `Encoder`.
            training: Whether statistics are gathered.
            **given: Further arguments of the encoder, such as `kept`.
        """
        negative = self.settings.negative_category
        labels = predicted_categories(features["scores"])
        frames = features.get("frames")
        if frames is not None:
            frames = unit_frames(frames, self.receptive_field)
        return self.encoder(
            features["target"],
            labels=labels,
            frames=frames,
            # Images without an object do not count towards α.
            sample_weight=None if negative is None else 1 - labels[:, negative],
            probes=probes,
            training=training,
            **given,
        )

    def train_step(self, data: Any) -> dict[str, Any]:
        return learned_step(self, data)

    def test_step(self, data: Any) -> dict[str, Any]:
        return validated_step(self, data)

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

        The performer sees each image and its moved views once. With parts, the
        first phase, which finds them, tells `part_loss` and `val_part_loss`
        and no `loss`: what watches `val_loss` chooses among the epochs of the
        second. `val_loss` leaves out the filter losses, and what is dropped
        or removed in learning.

        Args:
            x: Images: array `(images, H, W, 3)`, or a `tf.data.Dataset`, a
                Keras `PyDataset`, a generator or another iterable, with or
                without labels, batched or not, see `features.image_batches`;
                or their features, from `cached_features`.
            y: Ignored; with the setting `learn_from="labels"` the categories.
            batch_size: Images in a batch; 32 if not given.
            epochs: Passes over the images; the schedule fits itself to them.
            verbose: As in Keras; also of features, before the first epoch.
            callbacks: Keras callbacks. Those of `callbacks.schedule` that are
                missing are added in front; the learning rate is left alone
                where you have called `compile`.
            validation_split: Share of an array's images, the last ones, to
                validate on; `validation_data` goes before, as in Keras.
            validation_data: Images, as `x`; with labels a pair `(x, y)`.
            shuffle: Whether the order is new in each epoch.
            augmentation: Callable from a batch of images to such a batch; the
                performer then runs in each step.
            views: Moved views of each image; `None` as in `Schedule`.
            memory_limit: Features kept in memory, GiB.
            disk_limit: Features written to disk if they are more, GiB.
            seed: Of all that is drawn in an epoch; `None` draws one.
            **kwargs: See `keras.Model.fit`. Of images that do not say where
                they end, `steps_per_epoch` batches are taken once.

        Raises:
            InputError: If images do not fit, or what comes of them is not
                finite.
        """
        check_fit(kwargs, validation_data, epochs=epochs, batch_size=batch_size)
        strategy = self.distribute_strategy
        draws = draws_alike(self, seed)
        numbers = Schedule.of(epochs, preset=self.settings.preset)
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
                calibrate(self, lessons.some)
            self.examples.values.tell("x")
            as_the_chief(self)
            ours = compiled_here(self, numbers.learning_rate)
            batches = spread_lessons(self, lessons, batch_size)
            with strategy.scope():
                # What draws must draw alike on all replicas.
                planned = with_schedule(callbacks, numbers, draws.seed, ours)
            if held is not None:
                held = replica_batches(held, strategy)
            # Behind the last epoch none begins, and its draws count.
            draws.epoch = max(kwargs.get("initial_epoch", 0) - 1, 0)
            with (
                left_as_found(self, lessons.kept, known, lessons.some, held),
                quiet_at_first(self, planned, epochs, held),
            ):
                return super().fit(
                    batches,
                    epochs=epochs,
                    verbose=verbose,
                    callbacks=[draws, *planned],
                    validation_data=held,
                    shuffle=False,
                    **kwargs,
                )
