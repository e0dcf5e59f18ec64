"""A performer that fits the data: its images' values, its scores' order."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from tf_explainer.attachment.flat_graph import FlatGraph
from tf_explainer.attachment.head import (
    ScoreOrder,
    SigmoidPair,
    positive_category,
    squeezing_layer,
)
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError

# Name → divisor, mean and standard deviation of each channel, and whether
# the channels are turned to BGR before these are taken.
_RGB = (0.0, 0.0, 0.0)
_SAME = (1.0, 1.0, 1.0)
_TORCH = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_CAFFE = (103.939, 116.779, 123.68)
SCALES: dict[str, tuple[float, tuple, tuple, bool]] = {
    "none": (1.0, _RGB, _SAME, False),
    "unit": (255.0, _RGB, _SAME, False),
    "tf": (127.5, _SAME, _SAME, False),
    "torch": (255.0, *_TORCH, False),
    "caffe": (1.0, _CAFFE, _SAME, True),
}


@keras.saving.register_keras_serializable("tf_explainer")
class ScaledImage(keras.layers.Layer):
    """Gives a CNN the values that it was trained on.

    Args:
        scale: A key of `SCALES`: `none` leaves 0–255; `unit` makes 0–1; `tf`
            makes −1–1; `torch` makes 0–1, less ImageNet's mean, over its
            standard deviation; `caffe` makes BGR, less ImageNet's mean.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Images `(batch, H, W, 3)`, RGB, 0–255.

    Returns:
        Tensor of the shape of `inputs`.

    Source:
        `keras.applications.imagenet_utils.preprocess_input`, whose modes are
        called `tf`, `torch` and `caffe`, too.
    """

    def __init__(self, scale: str = "none", **kwargs: Any) -> None:
        # In bfloat16 the values of an image would be rounded before they are
        # scaled.
        super().__init__(autocast=False, **kwargs)
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        divisor, mean, deviation, turned = SCALES[self.scale]
        images = ops.cast(inputs, "float32")
        if turned:
            images = ops.flip(images, axis=-1)
        images = (images / divisor - ops.array(mean)) / ops.array(deviation)
        return ops.cast(images, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "scale": self.scale}


def adapt_performer(
    performer: keras.Model,
    dataset: PartDataset,
    classes: Sequence[str] | None = None,
    scale: str = "none",
) -> keras.Model:
    """Returns a performer from images 0–255 to a score for each category.

    One sigmoid of two categories gets the score of the other one beside it.
    Nothing is copied: the layers are the performer's, under the same paths,
    with `ScaledImage` in front and `SigmoidPair` or `ScoreOrder` behind them
    where they are needed.

    Args:
        performer: Model from images to class scores.
        dataset: Images with their categories.
        classes: Each category once, in the order of the performer's scores;
            one sigmoid is the score of the second. `None` means the order of
            `dataset.categories`, and for one sigmoid that of
            `assumed_classes`.
        scale: Values that the performer wants, a key of
            `performers.scaled_image.SCALES`.

    Returns:
        A model; `performer` itself if nothing has to be done.

    Raises:
        InputError: If `classes` are not the categories, if there is not one
            score for each, or if there is no such scale.
    """
    if scale not in SCALES:
        raise InputError(
            f"`scale` must be one of {', '.join(SCALES)}, received {scale!r}."
        )
    if scale != "none":
        performer = _scaled(performer, scale)
    shapes = [tuple(scores.shape) for scores in performer.outputs]
    single = shapes == [(None, 1)]
    order = assumed_classes(dataset, single)
    if classes is not None:
        check_classes(classes, dataset.categories, "`classes`")
        order = tuple(classes)
    if len(order) == 2 and single:
        return _paired(performer, dataset.categories.index(order[1]))
    if order == tuple(dataset.categories):
        return performer
    if shapes != [(None, len(order))]:
        raise InputError(
            f"`classes` names {len(order)} categories; `performer` must have "
            f"one score for each, received output shapes {shapes}."
        )
    columns = [order.index(name) for name in dataset.categories]
    name = _free_name(performer, "score_order")
    return _with(performer, ScoreOrder(columns, name=name))


def assumed_classes(dataset: PartDataset, single: bool) -> tuple[str, ...]:
    """Returns the order of a performer's scores where none is given.

    One sigmoid speaks for the object where it is told from the background,
    and for the second of two objects, as Keras trains it on labels 0 and 1.

    Args:
        dataset: Images with their categories.
        single: Whether the performer has one score alone.
    """
    names = tuple(dataset.categories)
    turned = positive_category(dataset.negative_category) == 0
    return names[::-1] if single and len(names) == 2 and turned else names


def check_classes(
    classes: Sequence[str], categories: Sequence[str], what: str
) -> None:
    """Refuses names that are not the categories, each once.

    Args:
        classes: Names in the order of the performer's scores.
        categories: Those of the data.
        what: Where the names come from, for the message.

    Raises:
        InputError: If a name is unknown, missing or repeated.
    """
    if sorted(classes) == sorted(categories):
        return
    unknown = [name for name in classes if name not in categories]
    missing = [name for name in categories if name not in classes]
    faults = [
        f"{fault}: {_told(names)}"
        for fault, names in (("unknown", unknown), ("missing", missing))
        if names
    ] or ["a name is repeated"]
    raise InputError(
        f"{what} must name each of the {len(categories)} categories "
        f"{', '.join(categories)} once, in the order of the performer's "
        f"scores, received {_told(classes)} ({'; '.join(faults)})."
    )


def _told(names: Sequence[str], most: int = 12) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


def _scaled(performer: keras.Model, scale: str) -> keras.Model:
    # Says why a model without a graph cannot be taken.
    FlatGraph.of(performer)
    image = keras.Input(performer.inputs[0].shape[1:], name="image_0_255")
    front = ScaledImage(scale, name=_free_name(performer, "scaled_image"))
    scores = _replayed(performer, front(image))
    return keras.Model(image, scores, name=performer.name)


def _replayed(performer: Any, tensor: Any) -> Any:
    """The scores of a tensor, by the performer's own layers and paths."""
    if not isinstance(performer, keras.Sequential):
        # Its `call` would put an operation of its own before them.
        return performer._run_through_graph([tensor], lambda layer: layer)
    for layer in performer.layers:
        tensor = layer(tensor)
    return tensor


def _paired(performer: keras.Model, positive: int) -> keras.Model:
    """The performer with both scores, if it ends in one sigmoid."""
    graph = FlatGraph.of(performer)
    found = squeezing_layer(keras.Model(graph.inputs, graph.output))
    if found is None or found.name != "sigmoid":
        return performer
    return _with(performer, SigmoidPair(positive))


def _with(performer: keras.Model, layer: Any) -> keras.Model:
    scores = layer(performer.outputs[0])
    return keras.Model(performer.inputs[0], scores, name=performer.name)


def _free_name(performer: keras.Model, name: str) -> str:
    """A name that no layer has, as in a performer adapted before."""
    taken = {layer.name for layer in performer._flatten_layers()}
    count = 2
    free = name
    while free in taken:
        free = f"{name}_{count}"
        count += 1
    return free
