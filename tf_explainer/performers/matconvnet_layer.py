"""One layer as MatConvNet describes it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tf_explainer.errors import InputError

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
