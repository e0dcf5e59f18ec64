"""What known layers do to the rows and columns of a map."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras

_CONVOLUTIONS = (
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
)
_POOLING = (keras.layers.AveragePooling2D, keras.layers.MaxPooling2D)
# Keras' layers and operations, and ours, whose output at a place is of that
# place: that of the query, where attention looks everywhere else, too.
_KEEPING = frozenset(
    "Abs Absolute Activation ActivityRegularization Add AdditiveAttention "
    "AlphaDropout Attention Average BatchNormalization Cast Clip Concatenate "
    "Dense Divide Dropout ELU Exp GaussianDropout GaussianNoise Gelu "
    "GroupNormalization GroupQueryAttention Identity InputLayer "
    "LayerNormalization LeakyReLU LocalResponseNorm Log Masking Maximum "
    "MeanImage Minimum MultiHeadAttention Multiply Negative Normalization "
    "PReLU Power RMSNormalization ReLU Relu Relu6 Rescaling ScaledImage "
    "Sigmoid Silu Softmax SpatialDropout2D Sqrt Square Subtract Tanh "
    "TrueDivide UnitNormalization".split()
)


class Step(NamedTuple):
    """How the units of a map lie on the one below it, along one axis.

    Attributes:
        kernel: Units below that one unit sees.
        stride: Units below from one unit to the next.
        before: Units that lie before the map below and that the first unit
            sees; negative where it begins inside.
    """

    kernel: float = 1.0
    stride: float = 1.0
    before: float = 0.0

    def above(self, place: float) -> float:
        """Returns the unit whose center lies at a place of the map below.

        Args:
            place: Place below, units.
        """
        return (place - (self.kernel - 1) / 2 + self.before) / self.stride


Steps = tuple[Step, Step]
KEEPS: Steps = (Step(), Step())


def is_known(layer: Any) -> bool:
    """Returns whether the class of a layer is Keras' or ours.

    What a class of the user's inherits or calls its attributes need not tell
    what it does.

    Args:
        layer: A layer or an operation.
    """
    return type(layer).__module__.split(".")[0] in ("keras", "tf_explainer")


def layer_steps(layer: Any, below: Any, above: Any) -> Steps | None:
    """Returns what a layer does to rows and to columns, if that is known.

    Args:
        layer: A layer or an operation.
        below: Symbolic map that it reads, `(batch, H, W, …)`.
        above: Symbolic map that it puts out.

    Source:
        The arithmetic of kernels, strides and padding of Keras on TensorFlow.
    """
    if isinstance(layer, keras.layers.SpectralNormalization):
        layer = layer.layer
    if hasattr(layer, "kernel_size") or hasattr(layer, "pool_size"):
        return _windows(layer, below, above)
    moves = _MOVES.get(type(layer).__name__) if is_known(layer) else None
    if moves is not None:
        return moves(layer, below, above)
    keeps = is_known(layer) and type(layer).__name__ in _KEEPING
    return KEEPS if keeps and _sides(below) == _sides(above) else None


def _sides(tensor: Any) -> tuple[int, int]:
    return tuple(tensor.shape[1:3])


def _windows(layer: Any, below: Any, above: Any) -> Steps | None:
    """Of a kernel that is moved over the map, or of a layer that says so."""
    shrinks = all(
        one >= other
        for one, other in zip(_sides(below), _sides(above), strict=True)
    )
    exact = isinstance(layer, (*_CONVOLUTIONS, *_POOLING))
    if not shrinks or (is_known(layer) and not exact):
        return None
    try:
        rows, columns = (
            _window(layer, units, axis)
            for axis, units in enumerate(_sides(below))
        )
    except (AttributeError, IndexError, TypeError):
        # Another class' attributes mean something else.
        return None
    return rows, columns


def _window(layer: Any, units: int, axis: int) -> Step:
    window = getattr(layer, "kernel_size", None) or layer.pool_size
    dilation = getattr(layer, "dilation_rate", (1, 1))
    rate = dilation[axis] if isinstance(dilation, tuple) else dilation
    strides = layer.strides or window
    stride = strides[axis] if isinstance(strides, tuple) else strides
    kernel = (window[axis] - 1) * rate + 1
    if layer.padding != "same":
        return Step(float(kernel), float(stride))
    missing = max((-(-units // stride) - 1) * stride + kernel - units, 0)
    return Step(float(kernel), float(stride), float(missing // 2))


def _padded(layer: Any, below: Any, above: Any) -> Steps:
    (top, _), (left, _) = layer.padding
    return Step(before=float(top)), Step(before=float(left))


def _cropped(layer: Any, below: Any, above: Any) -> Steps:
    (top, _), (left, _) = layer.cropping
    return Step(before=-float(top)), Step(before=-float(left))


def _padded_by_operation(layer: Any, below: Any, above: Any) -> Steps | None:
    widths = list(layer.pad_width)
    if len(widths) == 1:
        widths *= len(below.shape)
    (rows, _), (columns, _) = widths[1], widths[2]
    return Step(before=float(rows)), Step(before=float(columns))


def _stretched(layer: Any, below: Any, above: Any) -> Steps:
    """Of a layer that stretches the map, or a part of it, to another size."""
    (height, width), (rows, columns) = _sides(below), _sides(above)
    fitted = int(width * rows / columns), int(height * columns / rows)
    starts = [0, 0]
    sides = [height, width]
    for axis, side in enumerate((height, width)):
        if getattr(layer, "crop_to_aspect_ratio", False):
            sides[axis] = max(min(side, fitted[axis]), 1)
            starts[axis] = (side - sides[axis]) // 2
        elif getattr(layer, "pad_to_aspect_ratio", False):
            starts[axis] = -((max(side, fitted[axis]) - side) // 2)
            sides[axis] = side - 2 * starts[axis]
    one, other = (
        _stretch(*axis)
        for axis in zip(starts, sides, (rows, columns), strict=True)
    )
    return one, other


def _stretch(start: int, side: int, units: int) -> Step:
    # The borders line up: i_in + 1/2 = start + ratio * (i_out + 1/2).
    ratio = side / units
    return Step(stride=ratio, before=-(start + (ratio - 1) / 2))


def _center_cropped(layer: Any, below: Any, above: Any) -> Steps | None:
    """Where it does not enlarge a map that is too small."""
    over = [
        one - other
        for one, other in zip(_sides(below), _sides(above), strict=True)
    ]
    if min(over) < 0:
        return None
    rows, columns = (Step(before=-float(one // 2)) for one in over)
    return rows, columns


def _sliced(layer: Any, below: Any, above: Any) -> Steps | None:
    """Of `x[:, 1:, ::2]`; not of a step back, nor of a place left out."""
    operation, index, _ = above._keras_history
    arguments = operation._inbound_nodes[index].arguments
    key = arguments.kwargs.get("key", (*arguments.args, None)[1])
    keys = list(key) if isinstance(key, tuple | list) else [key]
    if Ellipsis in keys:
        place = keys.index(Ellipsis)
        after = len(keys) - place - 1 - keys.count(None)
        keys[place : place + 1] = [slice(None)] * (
            len(below.shape) - place - after
        )
    keys += [slice(None)] * (3 - len(keys))
    if not all(isinstance(one, slice) for one in keys[:3]):
        return None
    if keys[0] != slice(None):
        return None
    starts = [
        one.indices(side)
        for one, side in zip(keys[1:3], _sides(below), strict=True)
    ]
    if any(step < 0 for _, _, step in starts):
        return None
    rows, columns = (
        Step(stride=float(step), before=-float(start))
        for start, _, step in starts
    )
    return rows, columns


_MOVES: dict[str, Callable[[Any, Any, Any], Steps | None]] = {
    "CenterCrop": _center_cropped,
    "Cropping2D": _cropped,
    "GetItem": _sliced,
    "Pad": _padded_by_operation,
    "Resize": _stretched,
    "Resizing": _stretched,
    "UpSampling2D": _stretched,
    "ZeroPadding2D": _padded,
}
