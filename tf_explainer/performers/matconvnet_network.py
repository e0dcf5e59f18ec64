"""A network as MatConvNet describes it."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.performers.conv_stages import ConvStage
from tf_explainer.performers.published_weights import PublishedWeights

_KINDS = {
    "normalize": "norm",
    "lrn": "norm",
    "pooling": "pool",
    "softmaxloss": "loss",
}


@dataclasses.dataclass(frozen=True, eq=False)
class MatConvNetLayer:
    """A layer of a MatConvNet file, in either of its two layouts.

    Args:
        name: Its name.
        kind: `conv` (fc-layers too), `relu`, `norm`, `pool`, `dropout`,
            `softmax`, `loss`, or the file's own word.
        kernel: float32 `(rows, columns, in, out)`, or `None`.
        bias: float32 `(out,)`, or `None`.
        stride: Step, `(rows, columns)`.
        pad: Padding, `(top, bottom, left, right)`.
        pool: Height and width of the pooling window.
        method: `max` or `avg`.
        norm: `[N κ α β]`, or empty.
    """

    name: str
    kind: str
    kernel: np.ndarray | None = None
    bias: np.ndarray | None = None
    stride: tuple[int, ...] = (1, 1)
    pad: tuple[int, ...] = (0, 0, 0, 0)
    pool: tuple[int, ...] = (1, 1)
    method: str = "max"
    norm: tuple[float, ...] = ()

    @classmethod
    def of(
        cls,
        name: Any,
        kind: Any,
        fields: Mapping[str, Any],
        weights: Sequence[Any],
    ) -> "MatConvNetLayer":
        """Returns a layer from the content of a file.

        Args:
            name: What the file calls it.
            kind: Its `type`, of a SimpleNN or a DagNN.
            fields: Its numbers.
            weights: Kernel and bias, or nothing.

        Raises:
            InputError: If a value is not what it must be.
        """
        if not isinstance(name, str) or not isinstance(kind, str):
            raise InputError(
                "`weights` has a layer whose name and type are no text, "
                f"received {name!r} and {kind!r}."
            )
        kind = kind.removeprefix("dagnn.").lower()
        kind = _KINDS.get(kind, kind)
        if kind == "relu" and np.any(_array(name, fields.get("leak", 0))):
            kind = "leaky relu"
        found: dict[str, Any] = {}
        if kind in ("conv", "pool"):
            found["stride"] = _whole(name, fields.get("stride", 1), 2)
            found["pad"] = _whole(name, fields.get("pad", 0), 4)
        if kind == "pool":
            size = fields.get("pool", fields.get("poolSize", 1))
            found["pool"] = _whole(name, size, 2)
            found["method"] = str(fields.get("method", "max"))
        if kind == "norm":
            numbers = _array(name, fields.get("param", ())).ravel()
            found["norm"] = tuple(float(f"{number:.6g}") for number in numbers)
        if kind == "conv" and len(weights):
            found["kernel"] = _kernel(name, weights[0])
            found["bias"] = _bias(name, weights, found["kernel"].shape[-1])
        return cls(name, kind, **found)


def _array(name: str, value: Any) -> np.ndarray:
    # Text, cells and structs of a file come as their Python twins.
    held = isinstance(value, (str, list, dict))
    array = np.asarray(0 if held else value)
    if held or array.dtype.kind not in "uif":
        raise InputError(
            f"`weights` has a layer {name!r} with {value!r:.60} where numbers "
            "must be."
        )
    return array


def _whole(name: str, value: Any, count: int) -> tuple[int, ...]:
    array = _array(name, value).ravel()
    whole = np.isfinite(array).all() and (array == np.round(array)).all()
    numbers = [int(number) for number in array] if whole else []
    if len(numbers) == 2 and count == 4:
        numbers = [numbers[0]] * 2 + [numbers[1]] * 2
    numbers = numbers * count if len(numbers) == 1 else numbers
    if len(numbers) != count:
        raise InputError(
            f"`weights` has a layer {name!r} with {array.tolist()} where 1 or "
            f"{count} whole numbers must be."
        )
    return tuple(numbers)


def _kernel(name: str, value: Any) -> np.ndarray:
    kernel = _array(name, value).astype("float32", copy=False)
    if not 2 <= kernel.ndim <= 4:
        raise InputError(
            f"`weights` has a layer {name!r} whose kernel has shape "
            f"{kernel.shape}."
        )
    # MATLAB leaves out sizes of 1 at the end.
    return kernel.reshape(*kernel.shape, *(1,) * (4 - kernel.ndim))


def _bias(name: str, weights: Sequence[Any], filters: int) -> np.ndarray:
    if len(weights) < 2:
        return np.zeros(filters, "float32")
    bias = _array(name, weights[1]).astype("float32", copy=False).ravel()
    return bias if bias.size else np.zeros(filters, "float32")


_SILENT = ("dropout", "softmax", "loss")


@dataclasses.dataclass(frozen=True, eq=False)
class MatConvNetNetwork:
    """A chain of layers, the mean image and the class names.

    Args:
        source: File it comes from, for messages.
        layers: Its layers, lowest first.
        mean: Mean image `(H, W, 3)` or color `(1, 1, 3)`, or `None`.
        class_names: Names of the classes, or empty.
    """

    source: str
    layers: tuple[MatConvNetLayer, ...]
    mean: np.ndarray | None = None
    class_names: tuple[str, ...] = ()

    def assign_to(
        self, model: keras.Model, stages: Sequence[ConvStage]
    ) -> None:
        """Sets the weights and the mean image of `model`.

        Args:
            model: A network of `matconvnet_model`.
            stages: Its conv-stages.

        Raises:
            InputError: If a layer is missing, left over, of the wrong shape,
                or computes something else (stride, padding, order, …); each
                is named.
        """
        weights = PublishedWeights(
            self.source,
            {
                layer.name: (layer.kernel, layer.bias)
                for layer in self.layers
                if layer.kernel is not None and layer.bias is not None
            },
            self.mean,
            self.class_names,
        )
        weights.assign_to(model, self._faults(model, stages))

    def _faults(
        self, model: keras.Model, stages: Sequence[ConvStage]
    ) -> list[str]:
        """What the file computes otherwise, its weights apart."""
        layers = [layer for layer in self.layers if layer.kind not in _SILENT]
        found = [layer.name for layer in layers if layer.kind != "relu"]
        wanted = list(_wanted(stages))
        weighted = {layer.name for layer in layers if layer.kind == "conv"}
        # Layers with weights are told by `PublishedWeights`.
        faults = [
            f"no layer {name}"
            for name in wanted
            if name not in found and name.startswith(("norm", "pool"))
        ]
        faults += [
            f"a layer {name}, which {model.name} does not have"
            for name in found
            if name not in wanted and name not in weighted
        ]
        if sorted(found) == sorted(wanted) and found != wanted:
            faults.append(f"its layers in another order: {' '.join(found)}")
        for layer, above in zip(layers, [*layers[1:], None], strict=True):
            top = layer.kind != "conv" or layer.name == "fc8"
            if not top and (above is None or above.kind != "relu"):
                faults.append(f"no ReLU behind {layer.name}")
        by_name = {layer.name: layer for layer in layers}
        for stage in stages:
            faults += _conv_faults(by_name.get(f"conv{stage.name}"), stage)
            if stage.norm:
                faults += _norm_faults(by_name.get(f"norm{stage.name}"), stage)
            if stage.pool:
                faults += _pool_faults(
                    by_name.get(stage.pool_name), stage, model
                )
        return faults


def _wanted(stages: Sequence[ConvStage]) -> Iterator[str]:
    for stage in stages:
        yield f"conv{stage.name}"
        if stage.norm:
            yield f"norm{stage.name}"
        if stage.pool:
            yield stage.pool_name
    yield from ("fc6", "fc7", "fc8")


def _conv_faults(
    layer: MatConvNetLayer | None, stage: ConvStage
) -> Iterator[str]:
    if layer is None:
        return
    yield from _differs(layer, "stride", (stage.stride,) * 2)
    yield from _differs(layer, "pad", (stage.pad,) * 4)


def _norm_faults(
    layer: MatConvNetLayer | None, stage: ConvStage
) -> Iterator[str]:
    norm = stage.norm or ()
    # Single precision in the file.
    if layer is not None and not (
        len(layer.norm) == len(norm) and np.allclose(layer.norm, norm, 1e-3, 0)
    ):
        yield f"{layer.name} has [N κ α β] {layer.norm}, must be {norm}"


def _pool_faults(
    layer: MatConvNetLayer | None, stage: ConvStage, model: keras.Model
) -> Iterator[str]:
    if layer is None:
        return
    size, stride, pad = stage.pool or (1, 1, 0)
    if layer.method != "max":
        yield f"{layer.name} has method {layer.method!r}, must be 'max'"
    yield from _differs(layer, "pool", (size, size))
    yield from _differs(layer, "stride", (stride, stride))
    top, bottom, left, right = layer.pad
    # Padding that no window reaches changes nothing.
    side = model.get_layer(f"relu{stage.name}").output.shape[1]
    units = {(side + out - size) // stride for out in (bottom, right, pad)}
    if top or left or len(units) > 1:
        yield from _differs(layer, "pad", (0, pad, 0, pad))


def _differs(layer: MatConvNetLayer, field: str, wanted: Any) -> Iterator[str]:
    held = getattr(layer, field)
    if held != wanted:
        yield f"{layer.name} has {field} {held}, must be {wanted}"
