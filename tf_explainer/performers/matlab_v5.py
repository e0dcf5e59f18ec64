"""Reads MATLAB's files of version 5 to 7.2."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

from tf_explainer.errors import InputError


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
        held = scipy.io.loadmat(path, variable_names=list(names))
    except Exception as error:
        # It fails wherever the damage happens to be: on damaged files SciPy
        # was seen to raise OSError, zlib.error, ValueError, TypeError,
        # IndexError, MemoryError, UnboundLocalError and its MatReadError. Its
        # compiled part may even crash, if the file is not compressed.
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(f"it is no MATLAB file: {reason[0]}") from error
    return {name: _plain(held[name]) for name in names if name in held}


def _plain(value: Any) -> Any:
    if isinstance(value, np.void):
        return {name: _plain(value[name]) for name in value.dtype.names or ()}
    if type(value) is not np.ndarray:
        raise InputError(
            f"it holds a MATLAB object ({type(value).__name__}); save it as a "
            "struct, a DagNN as `net.saveobj()`"
        )
    if value.dtype.names:
        structs = [_plain(item) for item in value.ravel(order="F")]
        return structs[0] if len(structs) == 1 else structs
    if value.dtype.kind == "O":
        return [_plain(item) for item in value.ravel(order="F")]
    if value.dtype.kind == "U":
        texts = [str(text) for text in value.ravel()]
        return "".join(texts) if len(texts) < 2 else texts
    return value
