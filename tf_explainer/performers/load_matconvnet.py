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
        if not isinstance(net, Mapping):
            raise InputError("its `net` is no struct")
        layers = _structs("layers", net["layers"])
        is_dag = "block" in layers[0]
        parsed = _dag_layers(net) if is_dag else _simple_layers(layers)
        return MatConvNetNetwork(
            str(path), tuple(parsed), _mean(net), _class_names(net)
        )
    except (InputError, KeyError) as error:
        missing = isinstance(error, KeyError)
        reason = f"there is no {error} in it" if missing else str(error)
        raise InputError(
            f"`weights` received {path}, which holds no network of "
            f"MatConvNet that can be read: {reason.rstrip('.')}."
        ) from error


def _structs(name: str, value: Any) -> list[dict[str, Any]]:
    value = [value] if isinstance(value, dict) else value
    is_list = isinstance(value, list) and value
    if not is_list or not all(isinstance(item, dict) for item in value):
        raise InputError(f"its `{name}` are no list of structs")
    return value


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
    params = _structs("params", net["params"])
    values = {str(param["name"]): param["value"] for param in params}
    parsed, above = [], None
    for layer in net["layers"]:
        block = layer["block"] if isinstance(layer["block"], dict) else {}
        weights = [values[name] for name in _names(layer.get("params"))]
        found = MatConvNetLayer.of(layer["name"], layer["type"], block, weights)
        if found.kind == "loss":
            continue
        inputs, outputs = _names(layer["inputs"]), _names(layer["outputs"])
        if len(inputs) != 1 or above not in (None, inputs) or not outputs:
            raise InputError(
                f"its layers must form a chain, but {found.name} reads "
                f"{', '.join(inputs) or 'nothing'}"
            )
        above = outputs[:1]
        parsed.append(found)
    return parsed


def _names(value: Any) -> list[str]:
    return [str(name) for name in _list(value)]


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    # An empty cell may be stored as an empty matrix.
    empty = len(value) == 0 if isinstance(value, str) else not np.size(value)
    return [] if value is None or empty else [value]


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
