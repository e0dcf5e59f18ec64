"""Where a unit of a feature map lies in the image."""

import dataclasses
from typing import Any

import keras
import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.performers.flat_graph import FlatGraph


@dataclasses.dataclass(frozen=True)
class ReceptiveField:
    """Centers and size of the receptive fields of one feature map.

    Args:
        start: Center of the first unit's field, `(row, column)`, pixels.
        jump: Step between two units, `(rows, columns)`, pixels.
        size: Height and width of the theoretical field, pixels.
        image: Height and width of the image, pixels.
        units: Height and width of the map, units.

    Source:
        Kernel, stride and padding arithmetic; the field is the theoretical
        one. Zhou et al. 2015 (reference [47] of Zhang et al. 2018) project a
        peak to the center of its field.
    """

    start: tuple[float, float]
    jump: tuple[float, float]
    size: tuple[float, float]
    image: tuple[int, int]
    units: tuple[int, int]

    @classmethod
    def of(cls, graph: FlatGraph, path: str) -> "ReceptiveField":
        """Returns the field of the layer called `path`.

        Args:
            graph: The performer.
            path: Path of a layer with a map `(batch, H, W, channels)`.

        Raises:
            InputError: If a layer on the way moves units in a way that is
                not known.
        """
        axes = [_Axis.of(graph, path, axis) for axis in (0, 1)]
        return cls(
            start=(axes[0].start, axes[1].start),
            jump=(axes[0].jump, axes[1].jump),
            size=(axes[0].size, axes[1].size),
            image=tuple(graph.inputs.shape[1:3]),
            units=tuple(graph.outputs[path].shape[1:3]),
        )

    @property
    def centers(self) -> np.ndarray:
        """Centers of all units, `(H, W, 2)`, fractions of the image."""
        rows, columns = np.indices(self.units)
        return np.stack(self.to_image(rows, columns), axis=-1)

    def to_image(self, rows: Any, columns: Any) -> tuple[Any, Any]:
        """Turns units into fractions of the image's height and width.

        Args:
            rows: Rows of the units, any shape, array or tensor.
            columns: Columns of the units.

        Returns:
            Rows and columns of the field centers, clipped to [0, 1].
        """
        return (
            _fraction(rows, self.start[0], self.jump[0], self.image[0]),
            _fraction(columns, self.start[1], self.jump[1], self.image[1]),
        )


def _fraction(index: Any, start: float, jump: float, pixels: int) -> Any:
    if isinstance(index, np.ndarray):
        position = (start + jump * index + 0.5) / pixels
        return np.clip(position, 0.0, 1.0).astype("float32")
    index = keras.ops.cast(index, "float32")
    position = (start + jump * index + 0.5) / pixels
    return keras.ops.clip(position, 0.0, 1.0)


@dataclasses.dataclass(frozen=True)
class _Axis:
    """One axis: unit `i` is centered at pixel `start + jump * i`."""

    start: float = 0.0
    jump: float = 1.0
    size: float = 1.0

    @classmethod
    def of(cls, graph: FlatGraph, path: str, axis: int) -> "_Axis":
        fields = {id(graph.inputs): cls()}
        for name, layer in graph.layers.items():
            output = graph.outputs[name]
            known = [
                tensor
                for tensor in graph.arguments[name]
                if id(tensor) in fields
            ]
            if known and _is_map(layer, known[0], output):
                # Of several branches the one that sees most.
                below = max(known, key=lambda one: fields[id(one)].size)
                step = _step(layer, name, below.shape, output.shape, axis)
                fields[id(output)] = fields[id(below)].then(*step)
            if name == path:
                break
        if id(graph.outputs[path]) not in fields:
            raise InputError(
                f"`target_layer` {path!r} has no map that comes from the image."
            )
        return fields[id(graph.outputs[path])]

    def then(self, kernel: float, stride: float, before: float) -> "_Axis":
        return _Axis(
            start=self.start + self.jump * ((kernel - 1) / 2 - before),
            jump=self.jump * stride,
            size=self.size + self.jump * (kernel - 1),
        )


def _is_map(layer: Any, below: Any, output: Any) -> bool:
    """Whether an output has rows and columns.

    Global pooling, as in squeeze-and-excitation, leaves no positions; a single
    channel, as `preprocess_input` takes them one by one, keeps them.
    """
    pooled = (
        keras.layers.GlobalAveragePooling2D,
        keras.layers.GlobalMaxPooling2D,
    )
    if not isinstance(output, keras.KerasTensor) or isinstance(layer, pooled):
        return False
    if len(output.shape) == 3:
        return tuple(output.shape[1:]) == tuple(below.shape[1:3])
    return len(output.shape) == 4


def _step(
    layer: Any, name: str, below: tuple, above: tuple, axis: int
) -> tuple[float, float, float]:
    """Kernel, stride and padding before the first unit, along one axis."""
    windowed = hasattr(layer, "kernel_size") or hasattr(layer, "pool_size")
    if windowed and above[1 + axis] <= below[1 + axis]:
        return _window(layer, below[1 + axis], axis)
    if isinstance(layer, keras.layers.ZeroPadding2D):
        return 1.0, 1.0, float(layer.padding[axis][0])
    if isinstance(layer, keras.layers.Cropping2D):
        return 1.0, 1.0, -float(layer.cropping[axis][0])
    ratio = below[1 + axis] / above[1 + axis]
    if isinstance(layer, (keras.layers.Resizing, keras.layers.UpSampling2D)):
        # Pixel centers line up: i_in + 1/2 = ratio * (i_out + 1/2).
        return 1.0, ratio, -(ratio - 1) / 2
    if ratio == 1:
        return 1.0, 1.0, 0.0
    raise InputError(
        f"The layer {name!r} ({type(layer).__name__}) changes the size of its "
        f"map from {below[1:3]} to {above[1:3]} in a way that is not known, "
        "so that positions cannot be followed to the image."
    )


def _window(layer: Any, units: int, axis: int) -> tuple[float, float, float]:
    window = getattr(layer, "kernel_size", None) or layer.pool_size
    dilation = getattr(layer, "dilation_rate", (1, 1))
    rate = dilation[axis] if isinstance(dilation, tuple) else dilation
    strides = layer.strides or window
    stride = strides[axis] if isinstance(strides, tuple) else strides
    kernel = (window[axis] - 1) * rate + 1
    if layer.padding != "same":
        return float(kernel), float(stride), 0.0
    missing = max((-(-units // stride) - 1) * stride + kernel - units, 0)
    return float(kernel), float(stride), float(missing // 2)
