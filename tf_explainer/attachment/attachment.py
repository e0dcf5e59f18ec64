"""The pieces of a performer that an explainer works with."""

import dataclasses
from typing import Any

import keras
import numpy as np

from tf_explainer.attachment.cut import Cut
from tf_explainer.attachment.cuts import pool_behind, rebuilt_from, told_cuts
from tf_explainer.attachment.flat_graph import FlatGraph
from tf_explainer.attachment.head import both_scores, squeezing_layer
from tf_explainer.attachment.impulses import disagreement
from tf_explainer.attachment.loadable import check_loadable
from tf_explainer.attachment.receptive_field import ReceptiveField
from tf_explainer.errors import InputError


@dataclasses.dataclass(frozen=True)
class Attachment:
    """A frozen performer, taken apart at a cut.

    Args:
        performer: The network that is explained. Its layers are shared, not
            copied.
        cut: Where it is taken apart.
        features: Model from images to `{"target", "replaced", "scores"}` and
            each reconstructed layer by its path; the performer's own layers.
            Scores have a column for each category, see `both_scores`.
        upper: Model from the target to the other features, or `None` if a
            branch passes the target by; the performer's own layers.
        head: Model from the last reconstructed layer to the same scores; the
            performer's own layers.
        pool: The pooling layer right behind the replaced layer, or `None`.
        graph: The performer, layer by layer.
        receptive_field: Of the target's map, and so of all maps of the
            explainer.
    """

    performer: keras.Model
    cut: Cut
    features: keras.Model
    upper: keras.Model | None
    head: keras.Model
    pool: keras.layers.Layer | None
    graph: FlatGraph
    receptive_field: ReceptiveField
    _decoder_source: keras.Model

    @classmethod
    def of(
        cls,
        performer: keras.Model,
        cut: Cut,
        graph: FlatGraph,
        tries: bool = True,
        negative_category: int | None = None,
    ) -> Any:
        """Takes `performer` apart and checks its positions with impulses.

        A spot is moved over the image; the target must answer where its
        receptive fields say.

        Args:
            performer: A built Keras model.
            cut: Where to take it apart.
            graph: `FlatGraph.of(performer)`.
            tries: Whether positions are checked; not before the weights are
                read from a file.
            negative_category: Index of the category that stands for "none of
                the objects", or `None`.

        Raises:
            InputError: If one tensor does not separate what is below the cut
                from what is above it, if the output is no class scores, if
                a layer above the cut is quantized or any could not be loaded
                again, or if positions cannot be
                followed from the target to the image.
        """
        _check_scores(graph, negative_category)
        _check_learns(graph, cut)
        check_loadable(performer, graph)
        outputs = graph.outputs
        pool = pool_behind(graph, cut.replaced_layer)
        cut_tensor = outputs[pool or cut.replaced_layer]
        rebuilt = {path: outputs[path] for path in cut.reconstructed_layers}
        for path, tensor in rebuilt.items():
            _check_separates(graph, cut, cut_tensor, tensor, path)
        last = rebuilt[cut.reconstructed_layers[-1]]
        _check_decides(graph, cut, last)
        features = {
            "target": outputs[cut.target_layer],
            "replaced": outputs[cut.replaced_layer],
            **rebuilt,
            "scores": both_scores(graph.output, negative_category),
        }
        return cls(
            performer=performer,
            cut=cut,
            features=keras.Model(graph.inputs, features, name="features"),
            upper=_upper(graph, features),
            head=keras.Model(last, features["scores"], name="head"),
            pool=graph.layers[pool] if pool else None,
            graph=graph,
            receptive_field=_field(graph, cut, tries),
            _decoder_source=keras.Model(cut_tensor, rebuilt, name="decoder"),
        )

    def new_decoder(self) -> keras.Model:
        """Returns a trainable copy of the layers that are rebuilt.

        It maps the encoder's output to `{path: feature}` and starts from the
        performer's weights. Its batch normalization stays in inference mode.

        Source:
            Zhang et al. 2018, section 4: fc-dec-1 and fc-dec-2 copy the
            weights of fc6 and fc7.
        """
        decoder = keras.models.clone_model(self._decoder_source)
        # Layer by layer: one that is called twice is cloned twice.
        for layer, source in zip(
            decoder.layers, self._decoder_source.layers, strict=True
        ):
            layer.set_weights(source.get_weights())
        # One by one: a clone of frozen layers is frozen, and the model's own
        # `trainable` does not reach them.
        for layer in decoder._flatten_layers():
            layer.trainable = not isinstance(
                layer, keras.layers.BatchNormalization
            )
        return decoder


def _check_scores(graph: FlatGraph, negative_category: int | None) -> None:
    shape = tuple(graph.output.shape)
    if len(shape) != 2:
        raise InputError(
            "`performer` must put out class scores (batch, classes), received "
            f"output shape {shape}; give it a head, or take its layers "
            "through one, such as GlobalAveragePooling2D and Dense."
        )
    ends = keras.Model(graph.inputs, graph.output, name="ends")
    if shape[1] == 1 and squeezing_layer(ends) is None:
        raise InputError(
            "`performer` must end with a sigmoid where it gives a single "
            "score, which is read as a probability; received a score that no "
            "sigmoid makes."
        )
    categories = max(shape[1], 2)
    if negative_category is not None and negative_category >= categories:
        raise InputError(
            f"`negative_category` must be one of the {categories} categories "
            f"of `performer`, from 0 on, received {negative_category}."
        )


def _check_learns(graph: FlatGraph, cut: Cut) -> None:
    """The decoder starts from the layers above the cut, which must learn."""
    above = list(graph.layers)
    above = above[above.index(cut.replaced_layer) + 1 :]
    for path in above:
        if getattr(graph.layers[path], "lora_enabled", False):
            raise InputError(
                "`performer` must not have LoRA weights above the cut, "
                f"received them in {path!r}: the decoder starts from these "
                "layers, and all of them must learn. Hand in a model without "
                "`enable_lora`, with the update added to its kernels."
            )
        policy = getattr(graph.layers[path], "dtype_policy", None)
        mode = getattr(policy, "quantization_mode", None)
        if mode is not None:
            raise InputError(
                "`performer` must not be quantized above the cut, received "
                f"{mode} in {path!r}: the decoder starts from these layers and "
                "must learn. Hand in the model as it was before `quantize`."
            )


def _check_replaced(
    graph: FlatGraph, cut: Cut, field: ReceptiveField, tries: bool
) -> None:
    """The encoder keeps places, and so must what it stands in for."""
    told = f"`replaced_layer` {cut.replaced_layer!r} must have its map where "
    told += f"`target_layer` {cut.target_layer!r} has its own"
    try:
        above = ReceptiveField.of(graph, cut.replaced_layer, tries)
    except InputError as error:
        raise InputError(f"{told}. {error}") from error
    apart = np.abs(above.centers - field.centers) * field.image
    if (apart > 2 * np.abs(field.jump)).any():
        raise InputError(
            f"{told}; received maps up to {apart.max():.0f} pixels apart. "
            "Choose a target above the layer that moves it."
        )


def _field(graph: FlatGraph, cut: Cut, tries: bool) -> ReceptiveField:
    field = ReceptiveField.of(graph, cut.target_layer, tries)
    _check_replaced(graph, cut, field, tries)
    if tries:
        target = graph.outputs[cut.target_layer]
        found = disagreement(
            keras.Model(graph.inputs, target, name="target"),
            field.unit,
            max(field.jump),
        )
        if found:
            raise InputError(
                f"`target_layer` {cut.target_layer!r} does not answer to the "
                f"image place by place: {found}. A layer below it moves rows "
                "and columns; choose a target below that layer, or hand in "
                "the images as the layer above it sees them."
            )
    return field


def _upper(graph: FlatGraph, features: dict[str, Any]) -> keras.Model | None:
    target = features["target"]
    above = {name: x for name, x in features.items() if name != "target"}
    for tensor in (*list(above.values())[:-1], graph.output):
        sources = _sources(graph, target, tensor)
        if any(source is graph.inputs for source in sources):
            return None
    return keras.Model(target, above, name="upper")


def _check_separates(
    graph: FlatGraph, cut: Cut, below: Any, above: Any, name: str
) -> None:
    """Every way from the image to `above` must pass `below`."""
    sources = _sources(graph, below, above)
    if any(source is graph.inputs for source in sources):
        raise InputError(
            f"`replaced_layer` {cut.replaced_layer!r} does not separate the "
            f"image from {name!r}: another branch passes it by. Choose a layer "
            "through which everything passes, such as the output of a block. "
            f"{told_cuts(graph, cut.replaced_layer)}"
        )


def _check_decides(graph: FlatGraph, cut: Cut, last: Any) -> None:
    """The class scores must read the last reconstructed layer alone."""
    sources = _sources(graph, last, graph.output)
    if any(source is not last for source in sources):
        fitting = rebuilt_from(graph, cut.replaced_layer)
        raise InputError(
            "The last of `reconstructed_layers` must decide the class scores "
            f"alone, received {cut.reconstructed_layers[-1]!r}, which another "
            f"branch passes by; {' and '.join(map(repr, fitting))} would fit."
        )


def _sources(graph: FlatGraph, below: Any, above: Any) -> list[Any]:
    """Returns which of `below` and the image `above` is computed from."""
    pending, seen, sources = [above], set(), []
    while pending:
        tensor = pending.pop()
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        if tensor is below or tensor is graph.inputs:
            sources.append(tensor)
            continue
        pending.extend(graph.arguments[str(graph.producer(tensor))])
    return sources
