"""A network as MatConvNet describes it."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np

from tf_explainer.performers.conv_stage import ConvStage
from tf_explainer.performers.matconvnet_layer import MatConvNetLayer
from tf_explainer.performers.published_weights import PublishedWeights

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
