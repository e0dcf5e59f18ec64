"""Numbers that a layer keeps, and does not learn by gradient."""

from typing import Any

import keras

from tf_explainer.tensors import Shape


def add_statistic(
    layer: keras.layers.Layer,
    name: str,
    shape: Shape,
    initializer: Any = "zeros",
) -> keras.Variable:
    """Returns a new weight that is set and never learned.

    It stays float32 in mixed precision, and is the mean of all replicas.

    Args:
        layer: Whose weight it is.
        name: Its name in files.
        shape: Its shape.
        initializer: A Keras initializer, or its name.
    """
    # Mean, not sum, over replicas: `assign_add` is `assign(self + value)`, so a
    # sum would count the old value once per replica.
    return layer.add_weight(
        name=name,
        shape=shape,
        initializer=initializer,
        trainable=False,
        dtype="float32",
        autocast=False,
        aggregation="mean",
    )
