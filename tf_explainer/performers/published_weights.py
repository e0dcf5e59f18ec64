"""Weights of a published network, on their way into a Keras model."""

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from tf_explainer.errors import InputError


@contextlib.contextmanager
def told_download(file: str) -> Iterator[None]:
    """Turns what Keras raises within the block into an `InputError`.

    Args:
        file: What is downloaded, for the message.

    Raises:
        InputError: If the download fails.
    """
    try:
        yield
    # `keras.utils.get_file` raises no narrower class.
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(
            f"`weights`: {file} could not be downloaded ({reason[0]}); bring "
            "the file from elsewhere and name it: `--weights FILE`."
        ) from error


@dataclasses.dataclass(frozen=True, eq=False)
class PublishedWeights:
    """Kernels and biases by layer, and the mean image.

    Args:
        source: File they come from, for messages.
        kernels: Layer → kernel and bias. Kernels are `(rows, columns, in,
            out)`, those of fc-layers also `(in, out)`; channels are RGB.
        mean: Mean image `(H, W, 3)` or color `(1, 1, 3)`, or `None`.
        class_names: Names of the classes of fc8, or empty.
    """

    source: str
    kernels: Mapping[str, tuple[np.ndarray, np.ndarray]]
    mean: np.ndarray | None = None
    class_names: tuple[str, ...] = ()

    def assign_to(self, model: keras.Model, faults: Sequence[str] = ()) -> None:
        """Sets the weights of `model`: all of them, or none.

        fc8 stays as it is if it has another number of classes.

        Args:
            model: A network of `matconvnet_model`.
            faults: What is wrong with the file besides its weights.

        Raises:
            InputError: If there are faults, or if weights are missing, left
                over, of the wrong shape or not finite; each is named.
        """
        layers = {
            layer.name: layer
            for layer in model.layers
            if getattr(layer, "kernel", None) is not None
        }
        kept = dict(self.kernels)
        new_top = "fc8" in kept and _outputs(kept["fc8"]) != model.output.shape
        if new_top:
            kept.pop("fc8"), layers.pop("fc8")
        found = [*faults, *_names("missing", layers, kept)]
        found += _names("left over", kept, layers)
        for name in [name for name in layers if name in kept]:
            found += _wrong(name, *kept[name], layers[name])
        if found:
            raise InputError(
                f"`weights` received {self.source}, which does not fit "
                f"{model.name}: {'; '.join(found)}."
            )
        for name, layer in layers.items():
            kernel, bias = kept[name]
            layer.kernel.assign(kernel.reshape(layer.kernel.shape))
            layer.bias.assign(bias)
        if self.mean is not None:
            model.get_layer("mean_image").set_mean(self.mean)
        if self.class_names and not new_top:
            model.get_layer("prob").class_names = list(self.class_names)


def _outputs(weights: tuple[np.ndarray, np.ndarray]) -> tuple:
    return (None, weights[0].shape[-1])


def _names(what: str, one: Any, other: Any) -> list[str]:
    names = [name for name in one if name not in other]
    return [f"{what}: {', '.join(names)}"] if names else []


def _wrong(
    name: str, kernel: np.ndarray, bias: np.ndarray, layer: Any
) -> list[str]:
    wanted = _kernel_shapes(layer)
    if kernel.shape not in wanted:
        return [f"{name} has a kernel {kernel.shape}, must be {wanted[0]}"]
    if bias.shape != tuple(layer.bias.shape):
        shape = tuple(layer.bias.shape)
        return [f"{name} has a bias {bias.shape}, must be {shape}"]
    if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
        return [f"{name} has weights that are not finite"]
    return []


def _kernel_shapes(layer: Any) -> list[tuple[int, ...]]:
    shape = tuple(layer.kernel.shape)
    if len(shape) == 4:
        return [shape]
    # A fc-layer is stored as a convolution over the whole map below it.
    below = layer.input._keras_history.operation
    if isinstance(below, keras.layers.Flatten):
        return [(*below.input.shape[1:], shape[1]), shape]
    return [(1, 1, *shape), shape]
