"""Reads MatConvNet's published networks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.performers.matconvnet_layer import MatConvNetLayer
from tf_explainer.performers.matconvnet_network import MatConvNetNetwork
from tf_explainer.performers.matlab_v5 import read_matlab_v5
from tf_explainer.performers.matlab_v73 import read_matlab_v73

_VARIABLES = ("net", "layers", "meta", "params", "normalization", "classes")


def load_matconvnet(path: str | Path) -> MatConvNetNetwork:
    """Returns the network of a `.mat` file.

    Both file versions (v5, v7.3), both layouts (SimpleNN, DagNN), and files
    of the first versions of MatConvNet are read. Only numbers, texts, cells
    and structs are; nothing is executed.

    Args:
        path: Such as `imagenet-vgg-m.mat`.

    Raises:
        InputError: If the file cannot be read or holds no such network.

    Source:
        https://www.vlfeat.org/matconvnet/pretrained/
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"`weights` must be a file, received {path}.")
    try:
        read = read_matlab_v73 if h5py.is_hdf5(path) else read_matlab_v5
        held = read(path, _VARIABLES)
        net = held.get("net", held)
        layers = net["layers"] if isinstance(net, Mapping) else None
        if not _is_structs(layers):
            raise InputError("its `layers` are no list of structs")
        is_dag = "block" in layers[0]
        parsed = _dag_layers(net) if is_dag else _simple_layers(layers)
        return MatConvNetNetwork(
            str(path), tuple(parsed), _mean(net), _class_names(net)
        )
    except (InputError, KeyError) as error:
        reason = (
            error.args[0]
            if isinstance(error, InputError)
            else (f"there is no {error} in it")
        )
        raise InputError(
            f"`weights` received {path}, which holds no network of "
            f"MatConvNet that can be read: {str(reason).rstrip('.')}."
        ) from error


def _is_structs(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) for item in value)
    )


def _simple_layers(layers: list[dict[str, Any]]) -> list[MatConvNetLayer]:
    parsed = []
    for layer in layers:
        weights = layer.get("weights")
        if weights is None and "filters" in layer:
            weights = [layer["filters"], layer.get("biases", ())]
        parsed.append(
            MatConvNetLayer.of(
                layer["name"], layer["type"], layer, _list(weights)
            )
        )
    return parsed


def _dag_layers(net: Mapping[str, Any]) -> list[MatConvNetLayer]:
    params = net["params"]
    params = [params] if isinstance(params, dict) else params
    if not _is_structs(params):
        raise InputError("its `params` are no list of structs")
    values = {param["name"]: param["value"] for param in params}
    parsed, above = [], None
    for layer in net["layers"]:
        block = layer["block"] if isinstance(layer["block"], dict) else {}
        weights = [values[name] for name in _list(layer.get("params"))]
        found = MatConvNetLayer.of(layer["name"], layer["type"], block, weights)
        if found.kind == "loss":
            continue
        inputs = _list(layer["inputs"])
        if len(inputs) != 1 or above not in (None, inputs[0]):
            raise InputError(
                f"its layers must form a chain, but {found.name} reads "
                f"{', '.join(map(str, inputs))}"
            )
        above = _list(layer["outputs"])[0]
        parsed.append(found)
    return parsed


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    # An empty cell may be stored as an empty matrix.
    empty = value is None or (isinstance(value, np.ndarray) and not value.size)
    return [] if empty or value == "" else [value]


def _mean(net: Mapping[str, Any]) -> np.ndarray | None:
    meta = net.get("meta")
    home = meta if isinstance(meta, Mapping) else {}
    found = home.get("normalization", net.get("normalization"))
    mean = found.get("averageImage") if isinstance(found, Mapping) else None
    if mean is None or not np.size(mean):
        return None
    if not isinstance(mean, np.ndarray) or mean.dtype.kind not in "uif":
        raise InputError("its `averageImage` is no image")
    if mean.size == 3:
        mean = mean.reshape(1, 1, 3)
    if mean.ndim != 3 or mean.shape[2] != 3 or not np.isfinite(mean).all():
        raise InputError(
            f"its `averageImage` must be an RGB image, received shape "
            f"{mean.shape}"
        )
    return mean.astype("float32")


def _class_names(net: Mapping[str, Any]) -> tuple[str, ...]:
    meta = net.get("meta")
    home = meta if isinstance(meta, Mapping) else {}
    classes = home.get("classes", net.get("classes"))
    if not isinstance(classes, Mapping):
        return ()
    names = _list(classes.get("description", classes.get("name")))
    return tuple(name for name in names if isinstance(name, str))
