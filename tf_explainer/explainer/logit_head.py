"""Class scores before the softmax."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from tf_explainer.explainer.squeezing_layer import squeezing_layer
from tf_explainer.performers import SigmoidPair


def logit_head(head: keras.Model) -> Callable[[Any], Any]:
    """Returns a function to the class scores before softmax or sigmoid.

    A softmax makes every score depend on all of the others, so that what one
    part gives to one score cannot be told; the logits add up plainly. A head
    that ends otherwise is taken as it is.

    Args:
        head: Functional model to the class scores `(batch, classes)`.

    Returns:
        A function of what `head` takes to logits `(batch, classes)`, float32.
        It holds copies of the last layer's weights, as they are now.
    """
    found = squeezing_layer(head)
    if found is None:
        return lambda features: _flat(head(features, training=False))
    operation, below = found
    model = keras.Model(head.inputs[0], below, name="below_logits")
    linear = _without_activation(operation, below.shape)
    pair = head.outputs[0]._keras_history.operation
    both = pair.logits if isinstance(pair, SigmoidPair) else lambda one: one
    return lambda features: _flat(both(linear(model(features, training=False))))


def _without_activation(layer: Any, shape: Any) -> Callable[[Any], Any]:
    if not getattr(layer, "weights", None):
        return lambda values: values
    config = {**layer.get_config(), "activation": "linear"}
    twin = type(layer).from_config(config)
    twin.build(shape)
    twin.set_weights(layer.get_weights())
    return twin


def _flat(scores: Any) -> Any:
    scores = ops.cast(scores, "float32")
    return ops.reshape(scores, (ops.shape(scores)[0], -1))
