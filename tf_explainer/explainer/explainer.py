"""The explainer: a performer paraphrased by object parts."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf
from keras import ops

from tf_explainer.attachment import Cut
from tf_explainer.attachment.head import predicted_categories
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.explainer.fitting import FitState, augmented
from tf_explainer.explainer.objective import Objective
from tf_explainer.explainer.parts import (
    found_parts,
    usual_names,
    with_removed_parts,
)
from tf_explainer.explainer.reading import outputs
from tf_explainer.explainer.start import new_encoder
from tf_explainer.explainer.trained_model import TrainedModel
from tf_explainer.explainer.two_tracks import Encoded, EncodedParts
from tf_explainer.explainer.validation import (
    Measures,
    found_alone,
    told_terms,
)
from tf_explainer.features.image_checks import finite_images, nan_unless
from tf_explainer.features.views import unit_frames


@keras.saving.register_keras_serializable("tf_explainer")
class Explainer(TrainedModel):
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
        self.part_names = tuple(part_names or usual_names(self.encoder.parts))
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
            categories=self.attachment.features.output["scores"].shape[-1],
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
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        features = augmented(self, self.examples.lesson(images))
        finds = self.encoder.parts and self.encoder.learns_parts
        features, given = with_removed_parts(self, features)
        weights = (self.encoder.part_head if finds else self).trainable_weights
        probes = self.objective.probes()
        with tf.GradientTape() as tape:
            tape.watch(probes)
            if finds:
                losses = found_parts(self, features)
            else:
                encoded = self.encode(features, probes, training=True, **given)
                losses = self.objective(features, encoded.output)
            replicas = tf.distribute.get_strategy().num_replicas_in_sync
            scaled = self.optimizer.scale_loss(losses["loss"] / replicas)
        gradients, statistics = tape.gradient(scaled, [weights, probes])
        self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
        losses["filter_loss"] = self.objective.record(statistics)
        told = found_alone(losses) if finds else losses
        return self._logged(told, features)

    def test_step(self, data: Any) -> dict[str, Any]:
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        features = self.examples.features(images)
        return self._logged(told_terms(self, features), features)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The running means that `fit` reports, under stable names."""
        return [*self._running_means.values(), *self._measures.means.values()]

    def _logged(
        self, values: Mapping[str, Any], features: Mapping[str, Any]
    ) -> dict[str, Any]:
        means = {**self._running_means, **self._measures.means}
        told = [name for name in means if name in values]
        # A last batch that is smaller counts for less.
        images = ops.shape(features["target"])[0]
        for name in told:
            means[name].update_state(values[name], sample_weight=images)
        return {name: means[name].result() for name in told}
