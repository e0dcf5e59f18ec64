"""A Keras model seen as one flat graph, however its layers are nested."""

import dataclasses
from typing import Any

import keras

from tf_explainer.errors import InputError


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


@dataclasses.dataclass(frozen=True)
class FlatGraph:
    """The layers of a model in call order, with paths and tensors.

    Nothing is copied: every layer of the graph is the performer's own, called
    once more on new symbolic inputs, so that weights are shared and the inner
    tensors of nested models hang together. Operations such as `x / 255` count
    as layers.

    Args:
        inputs: The symbolic input image.
        output: The symbolic output.
        layers: Path → layer, in call order. The path of a layer inside a
            nested model is `"backbone/block5_conv2"`.
        outputs: Path → symbolic output tensor of that layer.
        arguments: Path → flat list of the symbolic inputs of that layer.

    Source:
        The most frequent complaint about tools of this kind is "Graph
        disconnected" on nested models; Keras 3 does not connect the inner
        tensors of a nested model with the outer graph.
    """

    inputs: Any
    output: Any
    layers: dict[str, keras.layers.Layer]
    outputs: dict[str, Any]
    arguments: dict[str, list[Any]]
    _names: dict[str, Any] = dataclasses.field(default_factory=dict)
    _makers: dict[int, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, model: keras.Model) -> "FlatGraph":
        """Replays `model` and returns its flat graph.

        Args:
            model: A built functional or `Sequential` model with one image
                input and one output; both kinds may be nested.

        Raises:
            InputError: If the model is subclassed, not built, takes images of
                any size, has several inputs or outputs, or holds channels
                before rows and columns.
        """
        _check_kind(model)
        _check_ends(model)
        (image,) = model.inputs
        inputs = keras.Input(image.shape[1:], dtype=image.dtype, name="image")
        graph = cls(inputs, None, {}, {}, {})
        output = graph._replay(model, [inputs], "")
        # One output may come as a list or a dictionary.
        (output,) = keras.tree.flatten(output)
        _check_channels_last(graph.layers)
        return dataclasses.replace(graph, output=output)

    def producer(self, tensor: Any) -> str | None:
        """Returns the path of the layer that puts `tensor` out, if any.

        Args:
            tensor: A symbolic tensor of this graph.
        """
        return self._makers.get(id(tensor))

    def sole_reader(self, path: str) -> str | None:
        """Returns the path of the only layer that reads `path`, if one does.

        Args:
            path: Path of a layer.
        """
        readers = [
            name
            for name, tensors in self.arguments.items()
            if any(tensor is self.outputs[path] for tensor in tensors)
        ]
        return readers[0] if len(readers) == 1 else None

    def _replay(self, model: Any, arguments: list[Any], prefix: str) -> Any:
        if isinstance(model, keras.Sequential):
            (tensor,) = arguments
            for layer in model.layers:
                tensor = self._call(layer, prefix, tensor)
            return tensor
        # What `keras.models.clone_model` runs, without the model that it
        # makes: that one refuses names used twice, and is compiled anew.
        return model._run_through_graph(
            arguments,
            # Keras below 3.14 has no default.
            operation_fn=lambda operation: operation,
            call_fn=lambda layer, *args, **kwargs: self._call(
                layer, prefix, *args, **kwargs
            ),
        )

    def _call(self, layer: Any, prefix: str, *args: Any, **kwargs: Any) -> Any:
        tensors = [
            value
            for value in keras.tree.flatten((args, kwargs))
            if isinstance(value, keras.KerasTensor)
        ]
        path = self._free_path(f"{prefix}{layer.name}")
        if isinstance(layer, keras.Model):
            _check_kind(layer)
            return self._replay(layer, tensors, f"{path}/")
        output = self._with_free_name(layer)(*args, **kwargs)
        self.layers[path] = layer
        self.outputs[path] = output
        self.arguments[path] = tensors
        for tensor in keras.tree.flatten(output):
            self._makers[id(tensor)] = path
        return output

    def _with_free_name(self, layer: Any) -> Any:
        """Keras wants names to be unique; those of two models may not be.

        Nor may a layer be called twice: a part of the graph could not begin
        between its two calls.
        """
        taken = {"image": None, **self._names}
        if layer.name not in taken:
            self._names[layer.name] = layer
            return layer
        count = 2
        while f"{layer.name}_{count}" in taken:
            count += 1
        renamed = Renamed(layer, name=f"{layer.name}_{count}")
        self._names[renamed.name] = renamed
        return renamed

    def _free_path(self, path: str) -> str:
        """A layer called twice gets `name`, `name@2`, …"""
        if path not in self.layers:
            return path
        count = 2
        while f"{path}@{count}" in self.layers:
            count += 1
        return f"{path}@{count}"


def _check_ends(model: Any) -> None:
    shapes = [tuple(tensor.shape) for tensor in model.inputs]
    if len(shapes) != 1 or len(shapes[0]) != 4:
        raise InputError(
            "`performer` must have one image input (batch, height, width, "
            f"channels), received input shapes {shapes}."
        )
    if None in shapes[0][1:]:
        raise InputError(
            "`performer` must take images of a fixed size, received input "
            f"shape {shapes[0]}; call it on keras.Input((height, width, 3)) "
            "and make a keras.Model of that."
        )
    if len(model.outputs) != 1:
        names = ", ".join(map(repr, model.output_names))
        raise InputError(
            f"`performer` must have one output, received {len(model.outputs)}: "
            f"{names}. Take the class scores alone: "
            "keras.Model(model.inputs, model.outputs[INDEX])."
        )


def _check_kind(model: Any) -> None:
    if not isinstance(model, keras.Model):
        raise InputError(
            f"`performer` must be a keras.Model, received {type(model)}."
        )
    if isinstance(model, keras.Sequential):
        if not model.built:
            raise InputError(
                f"`performer` has a Sequential model {model.name!r} that is "
                "not built; call it once or give it an Input layer."
            )
    elif not hasattr(model, "operations"):
        raise InputError(
            f"`performer` has a subclassed model {model.name!r} (received "
            f"{type(model).__name__}), whose layers have no graph. Often that "
            "helps: image = keras.Input((height, width, 3)), then "
            "keras.Model(image, model.call(image))."
        )


def _check_channels_last(layers: dict[str, Any]) -> None:
    for path, layer in layers.items():
        if getattr(layer, "data_format", None) == "channels_first":
            raise InputError(
                "`performer` must hold maps as (batch, height, width, "
                f"channels), received channels first in {path!r}."
            )
