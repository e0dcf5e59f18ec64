"""A layer under another name."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("tf_explainer")
class Renamed(keras.layers.Layer):
    """Calls another layer, and has a name of its own.

    Two models that are nested in one may hold layers of one name, which Keras
    refuses in one flat graph.

    Args:
        layer: The layer, or a Keras operation such as that of `x / 255`. It
            is shared, not copied.
        **kwargs: Base layer keyword arguments, such as `name`.
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        # The layer casts its inputs itself.
        super().__init__(autocast=False, **kwargs)
        self.layer = layer
        # The 2 of `x / 2`.
        self._allow_non_tensor_positional_args = True

    def build(self, input_shape: Any) -> None:
        if not getattr(self.layer, "built", True):
            self.layer.build(input_shape)

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return self.layer(inputs, *args, **kwargs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(
        self, inputs: Any, *args: Any, **kwargs: Any
    ) -> Any:
        return self.layer.compute_output_spec(inputs, *args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        layer = keras.saving.serialize_keras_object(self.layer)
        return {**super().get_config(), "layer": layer}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> "Renamed":
        layer = keras.saving.deserialize_keras_object(
            config["layer"], custom_objects
        )
        return cls(**{**config, "layer": layer})
