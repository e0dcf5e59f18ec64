"""A Keras model that stands on a frozen performer."""

from collections.abc import Sequence
from typing import Any, Self

import keras

from tf_explainer.attachment import (
    Attachment,
    Cut,
    FlatGraph,
    ReceptiveField,
    choose_cut,
)
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.errors import refuse_later
from tf_explainer.explainer import (
    calibration,
    contribution,
    explaining,
    parts,
    reading,
    start,
    typical,
)
from tf_explainer.explainer.answers import Answers
from tf_explainer.explainer.class_names import class_names_for
from tf_explainer.explainer.score_pieces import Contributions
from tf_explainer.explainer.start import settings_for
from tf_explainer.features.examples import ExampleReader
from tf_explainer.features.images import check_images
from tf_explainer.layers import ChannelNorm
from tf_explainer.layers.statistics import add_statistic

# Of what `get_config` tells; raised when a name changes its meaning.
_FORMAT = 1


class AttachedModel(keras.Model):
    """What an `Explainer` has of its performer, and no equation speaks of.

    The performer's weights are stored with it and never learned; images are
    read and checked; what can be read off it is handed out.
    """

    attachment: Attachment
    settings: ExplainerSettings
    part_names: tuple[str, ...]
    class_names: tuple[str, ...]

    @classmethod
    def from_performer(
        cls,
        performer: keras.Model,
        target_layer: str | None = None,
        replaced_layer: str | None = None,
        reconstructed_layers: Sequence[str] | None = None,
        *,
        class_names: Sequence[str] | None = None,
        name: str | None = None,
        dtype: Any = None,
        **settings: Any,
    ) -> Self:
        """Attaches a new model to `performer`.

        Args:
            performer: A built Keras model from images to class scores.
            target_layer: Path of the layer that is explained, for example
                `"relu4"` or `"backbone/block5_conv2"`. Layers that are not
                given are found, see `attachment.choose_cut`.
            replaced_layer: Path of the top conv-layer after its ReLU.
            reconstructed_layers: Paths of the layers that are rebuilt.
            class_names: What the performer's classes are called, in the order
                of its scores; `class 0`, … if not given.
            name: Name of the model.
            dtype: Precision policy of the model.
            **settings: See `ExplainerSettings`; `preset="paper"` gives the
                paper's.

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
            class_names=class_names,
            name=name,
            dtype=dtype,
        )

    def _attach(
        self,
        performer: keras.Model,
        cut: Cut,
        negative_category: int | None,
        check_positions: bool,
    ) -> None:
        """Takes the performer apart; nothing of it is copied."""
        graph = FlatGraph.of(performer)
        cut.check(graph)
        self.performer = performer
        self.attachment = Attachment.of(
            performer, cut, graph, check_positions, negative_category
        )

    def _call_by_name(
        self,
        part_names: Sequence[str] | None,
        class_names: Sequence[str] | None,
    ) -> None:
        """Says what parts and classes are called; numbers if none does."""
        usual = parts.usual_names(self.encoder.parts)
        self.part_names = tuple(part_names or usual)
        classes = self.attachment.features.output["scores"].shape[-1]
        self.class_names = class_names_for(class_names, classes)

    def _read_with(self, categories: int, labeled: bool, paired: bool) -> None:
        """Says how `fit` and its like read what they are handed."""
        self.examples = ExampleReader(
            self.attachment, categories, labeled, paired
        )
        self.answers = Answers(self)

    @property
    def reconstructed_layers(self) -> tuple[str, ...]:
        """Paths of the layers that are rebuilt, lowest first."""
        return self.attachment.cut.reconstructed_layers

    @property
    def receptive_field(self) -> ReceptiveField:
        """Where the units of all maps lie in the image."""
        return self.attachment.receptive_field

    @property
    def filters(self) -> int:
        """Number of interpretable filters in conv-interp-2."""
        return self.encoder.filters

    @property
    def p(self) -> float:
        """Share of the interpretable track, in (0, 1)."""
        return float(self.encoder.mixer.p)

    @property
    def norms(self) -> tuple[ChannelNorm, ChannelNorm]:
        """The norm-layers of the two tracks."""
        return self.encoder.norm_interp, self.encoder.norm_ordin

    def untrained(self, images: Any, batch_size: int = 32) -> Any:
        """See `explainer.start.untrained`: the control for every measure."""
        return start.untrained(self, images, batch_size)

    def in_float32(self, images: Any, batch_size: int = 32) -> Any:
        """See `explainer.start.in_float32`: to keep what learned otherwise."""
        return start.in_float32(self, images, batch_size)

    def calibrate(self, images: Any, batch_size: int | None = None) -> None:
        """Sets `lambda_l`, magnitudes and α from images, without training."""
        calibration.calibrate_on(self, images, batch_size)

    def learn_typical(self, images: Any, batch_size: int | None = None) -> None:
        """See `explainer.typical.learn_typical`."""
        typical.learn_typical(self, images, batch_size)

    @property
    def parts(self) -> tuple[parts.Part, ...]:
        """See `explainer.parts.parts_of`."""
        return parts.parts_of(self)

    def name_parts(self, names: Any) -> None:
        """See `explainer.parts.name_parts`."""
        parts.name_parts(self, names)

    def cached_features(self, images: Any, *args: Any, **kept: Any) -> Any:
        """See `explainer.reading.cached_features`."""
        return reading.cached_features(self, images, *args, **kept)

    def layer_maps(self, images: Any) -> dict[str, Any]:
        """See `explainer.reading.layer_maps`."""
        return reading.layer_maps(self, images)

    def peaks_of(self, maps: Any) -> tuple[Any, Any]:
        """See `explainer.reading.peaks_of`."""
        return reading.peaks_of(maps, self.receptive_field)

    def contributions(
        self,
        images: Any,
        category: Any = None,
        against: Any = None,
        kind: str | None = None,
    ) -> Contributions:
        """See `explainer.contribution.contributions`."""
        return contribution.contributions(self, images, category, against, kind)

    def explain(
        self,
        images: Any,
        target: Any = None,
        against: Any = None,
        kind: str | None = None,
        **reading: Any,
    ) -> Any:
        """See `explainer.explaining.explain`."""
        return explaining.explain(
            self, images, target, against, kind, **reading
        )

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        check_images(inputs, self.attachment.features.input_shape[1:])
        self.examples.values.look_at_call(inputs)
        return super().__call__(inputs, *args, **kwargs)

    @property
    def trainable_weights(self) -> list[Any]:
        """Those of encoder and decoder; the performer's never learn here."""
        return self._own(super().trainable_weights)

    @property
    def trainable_variables(self) -> list[Any]:
        return self._own(super().trainable_variables)

    @property
    def non_trainable_weights(self) -> list[Any]:
        """All other weights, the performer's among them."""
        return _without(self.weights, self.trainable_weights)

    @property
    def non_trainable_variables(self) -> list[Any]:
        return _without(self.variables, self.trainable_variables)

    @property
    def own_variables(self) -> list[Any]:
        """All variables but the performer's: weights, statistics, states."""
        return self._own(self.variables)

    def _own(self, variables: list[Any]) -> list[Any]:
        return _without(variables, self.performer.variables)

    def _constant(self, name: str, value: float) -> Any:
        return add_statistic(self, name, (), keras.initializers.Constant(value))

    def get_config(self) -> dict[str, Any]:
        performer = keras.saving.serialize_keras_object(self.performer)
        performer["compile_config"] = None
        cut = self.attachment.cut
        return {
            "format": _FORMAT,
            "name": self.name,
            "dtype": keras.saving.serialize_keras_object(self.dtype_policy),
            "performer": performer,
            "target_layer": cut.target_layer,
            "replaced_layer": cut.replaced_layer,
            "reconstructed_layers": list(cut.reconstructed_layers),
            "settings": self.settings.as_dict(),
            "part_names": list(self.part_names),
            "class_names": list(self.class_names),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> Self:
        config = dict(config)
        refuse_later(config.pop("format", 1), _FORMAT, "The explainer")
        for name in ("performer", "dtype"):
            config[name] = keras.saving.deserialize_keras_object(
                config[name], custom_objects
            )
        return cls(**config, check_positions=False)


def _without(variables: list[Any], others: list[Any]) -> list[Any]:
    left_out = {id(variable) for variable in others}
    return [one for one in variables if id(one) not in left_out]
