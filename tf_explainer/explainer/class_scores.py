"""Class scores as parts add up to them: before the softmax."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from tf_explainer.attachment.head import squeezing_layer
from tf_explainer.errors import InputError


def logit_head(head: keras.Model) -> Callable[[Any], Any]:
    """Returns a function to the class scores before softmax or sigmoid.

    A softmax makes every score depend on all of the others, so that what one
    part gives to one score cannot be told; the logits add up plainly. But it
    does not see a number that is added to all of them, so their mean over the
    categories is taken off: what a part gives to all categories alike speaks
    for none. Independent sigmoids see it, and keep their logits as they are.
    Of the two scores of one sigmoid the other has the other sign.

    Args:
        head: Functional model to the class scores `(batch, classes)`, such as
            `Attachment.head`.

    Returns:
        A function of what `head` takes to logits `(batch, classes)`, float32.
        It holds copies of the last layer's weights, as they are now.

    Source:
        The mean is ours; the paper does not say which score it takes.
    """
    found = squeezing_layer(head)
    if found is None:
        return lambda features: _scores(head(features, training=False), ())
    model = keras.Model(head.inputs[0], found.below, name="below_logits")
    linear = _without_activation(found.operation, found.below.shape)
    center = found.name != "sigmoid"
    return lambda features: _scores(
        linear(model(features, training=False)), found.above, center
    )


def _without_activation(layer: Any, shape: Any) -> Callable[[Any], Any]:
    if not getattr(layer, "weights", None):
        return lambda values: values
    config = {**layer.get_config(), "activation": "linear"}
    twin = type(layer).from_config(config)
    twin.build(shape)
    twin.set_weights(layer.get_weights())
    return twin


def _scores(logits: Any, above: tuple[Any, ...], center: bool = True) -> Any:
    logits = ops.cast(logits, "float32")
    columns = math.prod(logits.shape[1:])
    logits = ops.reshape(logits, (-1, columns))
    for layer in above:
        logits = layer.logits(logits)
    if center:
        logits = logits - ops.mean(logits, axis=-1, keepdims=True)
    return logits


def chosen_categories(
    name: str, category: Any, predicted: np.ndarray
) -> np.ndarray:
    """Returns the index of a category for each image, int `(batch,)`.

    Args:
        name: The argument that it is, for messages.
        category: One for all images or one each; `None` for the predicted.
        predicted: One-hot `(batch, classes)`, what the performer says.

    Raises:
        InputError: If it is no category of the performer.
    """
    images, classes = predicted.shape
    if category is None:
        return predicted.argmax(axis=-1)
    chosen = np.asarray(category)
    whole = np.issubdtype(chosen.dtype, np.integer)
    if not whole or chosen.shape not in ((), (images,)):
        raise InputError(
            f"`{name}` must be one whole number, or one for each of the "
            f"{images} images, received {category!r}."
        )
    if ((chosen < 0) | (chosen >= classes)).any():
        raise InputError(
            f"`{name}` must lie in [0, {classes - 1}], received {category!r}."
        )
    return np.broadcast_to(chosen, (images,))
