"""The explainer: a performer paraphrased by object parts."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from tf_explainer.attachment import (
    Attachment,
    Cut,
    FlatGraph,
    ReceptiveField,
    choose_cut,
)
from tf_explainer.attachment.head import predicted_categories
from tf_explainer.explainer.contributions import Contributing
from tf_explainer.explainer.encoder import Encoded
from tf_explainer.explainer.fitting import Fitting
from tf_explainer.explainer.judging import Judging
from tf_explainer.explainer.looking import Looking
from tf_explainer.explainer.settings import ExplainerSettings, settings_for
from tf_explainer.explainer.start import check_scores, new_encoder
from tf_explainer.features.image_checks import finite_images, nan_unless
from tf_explainer.features.views import unit_frames


@keras.saving.register_keras_serializable("tf_explainer")
class Explainer(Contributing, Looking, Judging, Fitting, keras.Model):
    """Explains a frozen CNN by filters that each stand for an object part.

    The explainer reads the performer's target feature, turns it into maps of
    object parts (and an ordinary track for what is no part), and rebuilds
    from them the performer's upper features. No labels and no part
    annotations are needed. Use `from_performer` to make one.

    Args:
        performer: A built Keras model from images to class scores. It is
            shared, not copied, and stays as it is, `trainable` included: its
            weights are none of the explainer's `trainable_weights`. Training
            it on yourself changes what is explained.
        target_layer: Path of the layer that is explained.
        replaced_layer: Path of the layer the encoder stands in for.
        reconstructed_layers: Paths of the layers that are rebuilt.
        settings: `ExplainerSettings`, or a dictionary of them.
        check_positions: Whether impulses check the positions of the
            performer, see `Attachment.of`; not before its weights are read.
        **kwargs: Base model keyword arguments, such as `name`, `dtype`.

    Call arguments:
        inputs: Images `(batch, H, W, 3)` as the performer takes them.

    Returns:
        A dictionary, all float32:

        - `maps`: masked maps of conv-interp-2 `(batch, h, w, filters)`.
        - `peaks`: `(batch, filters, 2)`, (row, column) of each map's peak as
          fractions of the image; -1 where the filter is silent.
        - `peak_strengths`: `(batch, filters)`, 0 where it is silent.
        - `scores`: class scores from the rebuilt features `(batch, classes)`.
        - `performer_scores`: the performer's own.
        - `reconstructions`: path → rebuilt feature.
        - `p`: share of the interpretable track, once for each image.

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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(settings, ExplainerSettings):
            settings = ExplainerSettings.of(settings or {})
        graph = FlatGraph.of(performer)
        cut = Cut(target_layer, replaced_layer, tuple(reconstructed_layers))
        cut.check(graph)
        self.settings = settings
        self.performer = performer
        self.attachment = Attachment.of(performer, cut, graph, check_positions)
        check_scores(self.attachment, settings.negative_category)
        self.decoder = self.attachment.new_decoder()
        self.encoder = new_encoder(self.attachment, settings, self.dtype_policy)
        self.reconstruction_weights = {
            layer: self._constant(f"lambda_{index}", 1.0)
            for index, layer in enumerate(cut.reconstructed_layers)
        }
        self.calibrated = self._constant("calibrated", 0.0)
        self._make_metrics()
        self.built = True

    @classmethod
    def from_performer(
        cls,
        performer: keras.Model,
        target_layer: str | None = None,
        replaced_layer: str | None = None,
        reconstructed_layers: Sequence[str] | None = None,
        *,
        name: str | None = None,
        dtype: Any = None,
        **settings: Any,
    ) -> "Explainer":
        """Attaches a new explainer to `performer`.

        Args:
            performer: A built Keras model from images to class scores.
            target_layer: Path of the layer that is explained, for example
                `"relu4"` or `"backbone/block5_conv2"`. Layers that are not
                given are found, see `performers.choose_cut`.
            replaced_layer: Path of the top conv-layer after its ReLU.
            reconstructed_layers: Paths of the layers that are rebuilt.
            name: Name of the model.
            dtype: Precision policy of the explainer.
            **settings: See `ExplainerSettings`. `preset="paper"` gives the
                paper's, for one of its networks its `eta` and calibration,
                too.

        Raises:
            InputError: If a layer or setting does not fit.
        """
        if isinstance(reconstructed_layers, str):
            reconstructed_layers = (reconstructed_layers,)
        cut, _ = choose_cut(
            FlatGraph.of(performer),
            target_layer,
            replaced_layer,
            tuple(reconstructed_layers) if reconstructed_layers else None,
        )
        return cls(
            performer,
            cut.target_layer,
            cut.replaced_layer,
            cut.reconstructed_layers,
            settings_for(performer, settings),
            name=name,
            dtype=dtype,
        )

    def untrained(self, images: Any, batch_size: int = 32) -> "Explainer":
        """Returns a fresh, calibrated explainer of the same performer.

        It is the control for every measure: what masks, norms and random
        filters give without learning.

        Args:
            images: Images to calibrate on, see `fit`.
            batch_size: Images in a batch.
        """
        cut = self.attachment.cut
        fresh = Explainer(
            self.performer,
            cut.target_layer,
            cut.replaced_layer,
            cut.reconstructed_layers,
            self.settings,
            check_positions=False,
            dtype=self.dtype_policy,
        )
        fresh.calibrate(images, batch_size)
        return fresh

    @property
    def reconstructed_layers(self) -> tuple[str, ...]:
        """Paths of the layers that are rebuilt, lowest first."""
        return self.attachment.cut.reconstructed_layers

    @property
    def filters(self) -> int:
        """Number of interpretable filters in conv-interp-2."""
        return self.encoder.filters

    @property
    def receptive_field(self) -> ReceptiveField:
        """Where the units of all maps lie in the image."""
        return self.attachment.receptive_field

    def call(self, inputs: Any, training: bool = False) -> dict[str, Any]:
        features = self.attachment.features(inputs, training=False)
        encoded = self.encode(features)
        rebuilt = self.decoder(encoded.output, training=False)
        maps = ops.cast(encoded.interp_2, "float32")
        peaks, strengths = self.peaks_of(maps)
        scores = self.attachment.head(
            rebuilt[self.reconstructed_layers[-1]], training=False
        )
        told = {
            "maps": maps,
            "peaks": peaks,
            "peak_strengths": strengths,
            "scores": ops.cast(scores, "float32"),
            "performer_scores": ops.cast(features["scores"], "float32"),
            "reconstructions": {
                path: ops.cast(one, "float32") for path, one in rebuilt.items()
            },
        }
        p = ops.cast(self.encoder.mixer.p, "float32")
        return {
            **nan_unless(finite_images(inputs, features), told),
            "p": ops.broadcast_to(p, ops.shape(maps)[:1]),
        }

    def encode(
        self,
        features: Mapping[str, Any],
        probes: Any = None,
        training: bool = False,
    ) -> Encoded:
        """Runs the encoder on the performer's features.

        Args:
            features: A batch as `Attachment.features` gives it.
            probes: See `Encoder`.
            training: Whether statistics are gathered.
        """
        negative = self.settings.negative_category
        labels = predicted_categories(features["scores"], negative)
        weight = None if negative is None else 1 - labels[:, negative]
        frames = features.get("frames")
        if frames is not None:
            frames = unit_frames(frames, self.receptive_field)
        return self.encoder(
            features["target"],
            labels=labels,
            frames=frames,
            sample_weight=weight,
            probes=probes,
            training=training,
        )

    def get_config(self) -> dict[str, Any]:
        performer = keras.saving.serialize_keras_object(self.performer)
        performer["compile_config"] = None
        cut = self.attachment.cut
        return {
            "name": self.name,
            "dtype": keras.saving.serialize_keras_object(self.dtype_policy),
            "performer": performer,
            "target_layer": cut.target_layer,
            "replaced_layer": cut.replaced_layer,
            "reconstructed_layers": list(cut.reconstructed_layers),
            "settings": self.settings.as_dict(),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> "Explainer":
        config = dict(config)
        for name in ("performer", "dtype"):
            config[name] = keras.saving.deserialize_keras_object(
                config[name], custom_objects
            )
        # Files of a version that knew no score loss.
        config["settings"] = {"score_weight": 0.0} | config["settings"]
        return cls(**config, check_positions=False)

    def _constant(self, name: str, value: float) -> Any:
        return self.add_weight(
            name=name,
            shape=(),
            initializer=keras.initializers.Constant(value),
            trainable=False,
            dtype="float32",
            autocast=False,
            aggregation="mean",
        )
