"""A performer with one tensor in and one out, that can be loaded again."""

import random
from typing import Any

import keras

from tf_explainer.attachment.flat_graph import FlatGraph
from tf_explainer.errors import InputError


def plain_model(performer: keras.Model) -> keras.Model:
    """Returns a performer that takes a batch of images and gives scores.

    Its layers are shared, not copied. What takes or gives a dictionary or a
    list of one tensor then takes or gives that tensor, and what takes batches
    of one size takes any.

    Args:
        performer: A built Keras model from images to class scores.

    Returns:
        `performer` itself where it is so.

    Raises:
        InputError: If it has several inputs or outputs, or no graph; see
            `FlatGraph.of`.
    """
    FlatGraph.of(performer)
    (image,) = performer.inputs
    if isinstance(performer, keras.Sequential):
        ends = [performer.compute_output_spec(image)]
    else:
        ends = [performer.input, performer.output]
    tensors = all(isinstance(end, keras.KerasTensor) for end in ends)
    if tensors and image.shape[0] is None:
        return performer
    inputs = keras.Input(image.shape[1:], dtype=image.dtype, name=image.name)
    same = keras.models.clone_model(
        keras.Model(performer.inputs, performer.outputs[0]),
        input_tensors=[inputs],
        clone_function=lambda layer: layer,
    )
    return keras.Model(inputs, same.outputs[0], name=performer.name)


def check_loadable(performer: keras.Model, graph: FlatGraph) -> None:
    """Raises an `InputError` for what Keras cannot read from a file.

    An explainer is saved together with its performer. It is better to hear
    of it before the training than after.

    Args:
        performer: The model.
        graph: `FlatGraph.of(performer)`.

    Raises:
        InputError: If the class of a layer or of a model in it is not
            registered, if there is a `Lambda`, whose code Keras stores but
            does not run, or if a layer holds a function that Keras does not
            find by its name, such as an activation.
    """
    inner = (one for one in performer._flatten_layers() if _is_model(one))
    for model in inner:
        if not _is_known(type(model)):
            raise InputError(
                f"`performer` has the model {model.name!r} of the class "
                f"{type(model).__name__}, which is not registered: an "
                "explainer of it could not be loaded again. Put "
                "@keras.saving.register_keras_serializable() above the class, "
                "or take keras.Model(model.inputs, model.outputs) in its place."
            )
    for path, layer in graph.layers.items():
        if isinstance(layer, keras.layers.Lambda):
            raise InputError(
                f"`performer` has the Lambda layer {path!r}, and Keras runs "
                "no code from a file: an explainer of it could not be loaded "
                "again. Put a layer in its place, such as Rescaling, or plain "
                "operations, such as x / 127.5 - 1."
            )
        if not _is_known(type(layer)):
            raise InputError(
                f"`performer` has the layer {path!r} of the class "
                f"{type(layer).__name__}, which is not registered: an "
                "explainer of it could not be loaded again. Put "
                "@keras.saving.register_keras_serializable() above the class."
            )
    # Layers that are made anew draw seeds; those of others stay as they are.
    state = random.getstate()
    for path, layer in graph.layers.items():
        if isinstance(layer, keras.layers.Layer):
            _check_comes_back(path, layer)
    random.setstate(state)


def _check_comes_back(path: str, layer: Any) -> None:
    try:
        kept = keras.saving.serialize_keras_object(layer)
        # Its weights would take time and memory.
        kept.pop("build_config", None)
        keras.saving.deserialize_keras_object(kept)
    # Whatever the layer's own `from_config` raises.
    except Exception as error:
        raise InputError(
            f"`performer` has the layer {path!r} of the class "
            f"{type(layer).__name__}, which Keras cannot make again from its "
            "config: an explainer of it could not be loaded again. "
            f"{_advice(layer)}"
        ) from error


def _advice(layer: Any) -> str:
    function = getattr(layer, "activation", None)
    # TensorFlow's softmax is called `softmax_v2`.
    name = getattr(function, "__name__", "").removesuffix("_v2")
    own = getattr(keras.activations, name, None)
    if own is not None and own is not function:
        return f"Write `activation={name!r}` in place of the function."
    return (
        "Put @keras.saving.register_keras_serializable() above functions of "
        "your own, lambdas included, and let `from_config` take what "
        "`get_config` gives."
    )


def _is_model(layer: Any) -> bool:
    return isinstance(layer, keras.Model)


def _is_known(kind: Any) -> bool:
    if kind.__module__.split(".")[0] == "keras":
        return True
    name = keras.saving.get_registered_name(kind)
    return keras.saving.get_registered_object(name) is kind
