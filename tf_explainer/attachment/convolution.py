"""What lies between two layers, as one convolution."""

from typing import Any

import keras
import numpy as np

from tf_explainer.attachment.flat_graph import FlatGraph


def dense_kernel(conv: keras.layers.Conv2D) -> np.ndarray:
    """Returns the kernel of the same convolution without groups.

    Args:
        conv: A built conv-layer, in groups or not.

    Returns:
        `(rows, columns, in, out)`, zero where an output channel does not see
        an input channel.
    """
    kernel = keras.ops.convert_to_numpy(conv.kernel)
    if conv.groups == 1:
        return kernel
    rows, columns, depth, filters = kernel.shape
    count = conv.groups
    dense = np.zeros((rows, columns, depth * count, filters), kernel.dtype)
    for group in range(count):
        below = slice(group * depth, (group + 1) * depth)
        above = slice(group * filters // count, (group + 1) * filters // count)
        dense[:, :, below, above] = kernel[..., above]
    return dense


_ACTIVATIONS = (
    keras.layers.Activation,
    keras.layers.ELU,
    keras.layers.LeakyReLU,
    keras.layers.ReLU,
)
_CONVOLUTIONS = (
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
)
Linear = tuple[np.ndarray, np.ndarray]


def one_convolution(
    graph: FlatGraph, below: str, above: str, maps: Any = None
) -> Linear | None:
    """Returns the convolution that leads from one layer to another.

    Batch normalization is folded into it, and the activation that ends
    `above` is left out. An activation on the way, such as that between the
    halves of a depthwise-separable block, is replaced for each channel by
    the straight line that fits it best on `maps`.

    Args:
        graph: The performer.
        below: Path of the lower layer.
        above: Path of the upper layer.
        maps: What `below` puts out for a few images `(images, H, W, in)`;
            `None` allows for no activation on the way.

    Returns:
        Kernel `(rows, columns, in, out)` and bias `(out,)`, or `None` if
        something else lies between the two layers, such as a branch, a
        stride, or two kernels of more than one unit.
    """
    layers = _between(graph, below, above)
    while layers and isinstance(layers[-1], _ACTIVATIONS):
        layers.pop()
    if not layers:
        return None
    channels = graph.outputs[below].shape[-1]
    found: Linear = np.eye(channels)[None, None], np.zeros(channels)
    for layer in layers:
        both = _then(found, layer, maps, layer is layers[-1])
        if both is None:
            return None
        found = both
        if maps is not None:
            maps = _called(layer, maps)
    return found


def _between(graph: FlatGraph, below: str, above: str) -> list[Any]:
    """Layers from `below`, left out, to `above`; none if they branch."""
    layers, path = [], above
    while path != below:
        arguments = graph.arguments[path]
        lower = graph.producer(arguments[0]) if len(arguments) == 1 else None
        if lower is None:
            return []
        layers.append(graph.layers[path])
        path = lower
    return layers[::-1]


def _then(found: Linear, layer: Any, maps: Any, is_last: bool) -> Linear | None:
    """Puts a layer behind a convolution, if one convolution can do both."""
    kernel, bias = found
    if isinstance(layer, keras.layers.Dropout):
        return found
    if isinstance(layer, keras.layers.BatchNormalization):
        scale, offset = _affine(layer)
        return kernel * scale, bias * scale + offset
    if isinstance(layer, _ACTIVATIONS):
        if maps is None:
            return None
        slope, offset = _line(maps, _called(layer, maps))
        return kernel * slope, bias * slope + offset
    if not isinstance(layer, _CONVOLUTIONS) or not _keeps_places(layer):
        return None
    if not is_last and not _is_linear(layer):
        return None
    for upper in _kernels(layer):
        composed = _composed(kernel, bias, upper)
        if composed is None:
            return None
        kernel, bias = composed
    held = getattr(layer, "bias", None)
    return kernel, bias if held is None else bias + _array(held)


def _is_linear(layer: Any) -> bool:
    return layer.activation in (None, keras.activations.linear)


def _called(layer: Any, maps: Any) -> Any:
    if isinstance(
        layer, keras.layers.BatchNormalization | keras.layers.Dropout
    ):
        return layer(maps, training=False)
    return layer(maps)


def _keeps_places(layer: Any) -> bool:
    """Whether unit follows unit, with zeros around the map."""
    sides = tuple(layer.kernel_size)
    return (
        layer.data_format == "channels_last"
        and set(layer.strides) == {1}
        and set(layer.dilation_rate) == {1}
        and all(side % 2 for side in sides)
        and (layer.padding == "same" or set(sides) == {1})
    )


def _kernels(layer: Any) -> list[np.ndarray]:
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        return [_of_depthwise(_array(layer.kernel))]
    if isinstance(layer, keras.layers.SeparableConv2D):
        depthwise = _of_depthwise(_array(layer.depthwise_kernel))
        return [depthwise, _array(layer.pointwise_kernel)]
    return [dense_kernel(layer).astype("float64")]


def _of_depthwise(kernel: np.ndarray) -> np.ndarray:
    """`(rows, columns, in, times)` → `(rows, columns, in, in * times)`."""
    rows, columns, channels, times = kernel.shape
    dense = np.einsum("rcit,ij->rcijt", kernel, np.eye(channels))
    return dense.reshape(rows, columns, channels, channels * times)


def _composed(
    kernel: np.ndarray, bias: np.ndarray, upper: np.ndarray
) -> Linear | None:
    if upper.shape[:2] == (1, 1):
        composed = kernel @ upper[0, 0]
    elif kernel.shape[:2] == (1, 1):
        composed = kernel[0, 0] @ upper
    else:
        return None
    return composed, bias @ upper.sum((0, 1))


def _affine(layer: Any) -> Linear:
    deviation = np.sqrt(_array(layer.moving_variance) + layer.epsilon)
    scale = 1 / deviation
    if layer.gamma is not None:
        scale = scale * _array(layer.gamma)
    offset = -scale * _array(layer.moving_mean)
    return scale, offset if layer.beta is None else offset + _array(layer.beta)


def _line(inputs: Any, outputs: Any) -> Linear:
    """Slope and offset of the line that fits an activation best."""
    x, y = (_array(values) for values in (inputs, outputs))
    over = tuple(range(x.ndim - 1))
    x_mean, y_mean = x.mean(over), y.mean(over)
    slope = ((x - x_mean) * (y - y_mean)).mean(over)
    slope /= np.maximum(x.var(over), 1e-12)
    return slope, y_mean - slope * x_mean


def _array(value: Any) -> np.ndarray:
    value = keras.ops.cast(value, "float32")
    return keras.ops.convert_to_numpy(value).astype("float64")
