"""Reads MatConvNet's published networks, in MATLAB's files of each version."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import scipy.io

from tf_explainer.datasets.crops.matlab_layout import check_matlab_layout
from tf_explainer.errors import InputError
from tf_explainer.performers.matconvnet_network import (
    MatConvNetLayer,
    MatConvNetNetwork,
)


def read_matlab_v5(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """Returns variables: structs as dictionaries, cells as lists.

    Arrays of structs become lists of dictionaries, texts strings, and
    numeric arrays keep their shape.

    Args:
        path: The file.
        names: Variables to read; those that are not there are left out.

    Raises:
        InputError: If it is no such file or holds something else.
    """
    try:
        check_matlab_layout(path)
        held = scipy.io.loadmat(path, variable_names=list(names))
    except Exception as error:
        # It fails wherever the damage happens to be: on damaged files SciPy
        # was seen to raise OSError, zlib.error, ValueError, TypeError,
        # IndexError, MemoryError, UnboundLocalError and its MatReadError.
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(f"it is no MATLAB file: {reason[0]}") from error
    return {name: _plain_v5(held[name]) for name in names if name in held}


def _plain_v5(value: Any) -> Any:
    if isinstance(value, np.void):
        return {
            name: _plain_v5(value[name]) for name in value.dtype.names or ()
        }
    if type(value) is not np.ndarray:
        raise InputError(
            f"it holds a MATLAB object ({type(value).__name__}); save it as a "
            "struct, a DagNN as `net.saveobj()`"
        )
    if value.dtype.names:
        structs = [_plain_v5(item) for item in value.ravel(order="F")]
        return structs[0] if len(structs) == 1 else structs
    if value.dtype.kind == "O":
        return [_plain_v5(item) for item in value.ravel(order="F")]
    if value.dtype.kind == "U":
        texts = [str(text) for text in value.ravel()]
        return "".join(texts) if len(texts) < 2 else texts
    return value


# What h5py turns the errors of HDF5 into, and what odd content leads to here.
_ERRORS = (
    OSError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
# Deeper than any network file; a reference may lead back to its own cell.
_DEPTH = 16


def read_matlab_v73(path: Path, names: Sequence[str]) -> dict[str, Any]:
    """Returns variables: structs as dictionaries, cells as lists.

    Arrays of structs become lists of dictionaries, texts strings, and
    numeric arrays get MATLAB's shape (HDF5 stores it in reverse).

    Args:
        path: The file.
        names: Variables to read; those that are not there are left out.

    Raises:
        InputError: If it is no such file or holds something else.
    """
    try:
        with h5py.File(path, "r") as file:
            return {name: _member(file, name) for name in names if name in file}
    except InputError:
        raise
    except _ERRORS as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(f"it is no MATLAB file: {reason[0]}") from error


def _member(group: h5py.Group, name: str, depth: int = 0) -> Any:
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise InputError(f"its {name!r} lies in another file")
    return _plain_v73(group[name], depth + 1)


def _plain_v73(node: Any, depth: int) -> Any:
    if depth > _DEPTH:
        raise InputError("its structs hold each other")
    kind = node.attrs.get("MATLAB_class", b"")
    kind = kind.decode() if isinstance(kind, bytes) else str(kind)
    if "MATLAB_object_decode" in node.attrs:
        raise InputError(
            f"it holds a MATLAB object ({kind}); save it as a struct, a DagNN "
            "as `net.saveobj()`"
        )
    if isinstance(node, h5py.Group):
        return _struct(node, depth)
    if node.attrs.get("MATLAB_empty", 0):
        # The data set holds the shape of what is empty.
        return "" if kind == "char" else _empty(kind, node)
    if h5py.check_ref_dtype(node.dtype) is h5py.Reference:
        references = np.ravel(node[()])
        return [_plain_v73(node.file[ref], depth + 1) for ref in references]
    if node.dtype.kind not in "uifb":
        raise InputError(f"its {node.name!r} is neither number nor text")
    if kind == "char":
        return "".join(map(chr, node[()].ravel()))
    return node[()].T


def _struct(group: h5py.Group, depth: int) -> Any:
    """A struct, or an array of structs, whose fields are references."""
    fields = {name: _member(group, name, depth) for name in group}
    nodes = [group[name] for name in group]
    is_array = bool(nodes) and all(
        isinstance(node, h5py.Dataset)
        and h5py.check_ref_dtype(node.dtype) is h5py.Reference
        and "MATLAB_class" not in node.attrs
        for node in nodes
    )
    if not is_array:
        return fields
    columns = zip(*fields.values(), strict=True)
    return [dict(zip(fields, values, strict=True)) for values in columns]


def _empty(kind: str, node: h5py.Dataset) -> Any:
    if kind in ("cell", "struct"):
        return []
    return np.zeros([int(size) for size in node[()].ravel()])


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
