"""Reads MATLAB's files of version 7.3, which are HDF5."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tf_explainer.errors import InputError

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
    return _plain(group[name], depth + 1)


def _plain(node: Any, depth: int) -> Any:
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
        return [_plain(node.file[ref], depth + 1) for ref in references]
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
