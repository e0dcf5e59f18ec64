"""The table of performers that can be built by name."""

from collections.abc import Callable

import keras

from tf_explainer.registry import Registry

PERFORMERS: Registry[Callable[..., keras.Model]] = Registry(
    "performer", "tf_explainer.performers"
)
