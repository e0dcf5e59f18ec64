"""Class scores as parts add up to them: before the softmax."""

import math
from typing import Any

import keras
from keras import ops

from tf_explainer.attachment.head import squeezing_layer


class LogitHead:
    """Class scores before softmax or sigmoid, as a function.

    A softmax makes every score depend on all of the others, so that what one
    part gives to one score cannot be told; the logits add up plainly. But it
    does not see a number that is added to all of them, so their mean over the
    categories is taken off: what a part gives to all categories alike speaks
    for none. Independent sigmoids see it, and keep their logits as they are.
    Of the two scores of one sigmoid the other has the other sign.

    A call takes what the head takes, and returns logits `(batch, classes)`,
    float32. It holds copies of the last layer's weights; `renew` makes them
    what they are now.

    Args:
        head: Functional model to the class scores `(batch, classes)`, such as
            `Attachment.head`.

    Source:
        The mean is ours; the paper does not say which score it takes.
    """

    def __init__(self, head: keras.Model) -> None:
        found = squeezing_layer(head)
        self._below: Any = head
        self._last: Any = None
        self._twin: Any = None
        self._above: tuple[Any, ...] = ()
        self._centers = True
        if found is None:
            return
        self._below = keras.Model(
            head.inputs[0], found.below, name="below_logits"
        )
        self._above = found.above
        self._centers = found.name != "sigmoid"
        if getattr(found.operation, "weights", None):
            self._last = found.operation
            self._twin = _without_activation(found.operation, found.below.shape)

    def __call__(self, features: Any) -> Any:
        values = self._below(features, training=False)
        if self._twin is not None:
            values = self._twin(values)
        return _scores(values, self._above, self._centers)

    @property
    def copies(self) -> list[Any]:
        """Layers of its own, which an exported model must hold."""
        return [] if self._twin is None else [self._twin]

    def renew(self) -> None:
        """Takes over weights that have changed since, as of a new training."""
        if self._twin is not None:
            self._twin.set_weights(self._last.get_weights())


def _without_activation(layer: Any, shape: Any) -> Any:
    config = {**layer.get_config(), "activation": "linear"}
    twin = type(layer).from_config(config)
    twin.build(shape)
    twin.set_weights(layer.get_weights())
    return twin


def _scores(logits: Any, above: tuple[Any, ...], center: bool) -> Any:
    logits = ops.cast(logits, "float32")
    columns = math.prod(logits.shape[1:])
    logits = ops.reshape(logits, (-1, columns))
    for layer in above:
        logits = layer.logits(logits)
    if center:
        logits = logits - ops.mean(logits, axis=-1, keepdims=True)
    return logits
