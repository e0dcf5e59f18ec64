"""MATLAB files as plain dictionaries, whichever version wrote them."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pymatreader import read_mat

from tf_explainer.datasets.crops.matlab_layout import check_matlab_layout
from tf_explainer.errors import InputError


class MatlabFile:
    """One variable of a MATLAB file, version 5 or 7.3.

    Args:
        path: The file.
        variable: Name of the variable, a struct.

    Raises:
        InputError: If the file cannot be read or lacks the variable.
    """

    def __init__(self, path: Path, variable: str) -> None:
        self.path = path
        if not path.is_file():
            raise InputError(f"{path}: there is no such file.")
        try:
            check_matlab_layout(path)
            with warnings.catch_warnings():
                # Its remarks are about types that are not used here.
                warnings.simplefilter("ignore")
                content = read_mat(str(path), variable_names=[variable])
        except Exception as error:
            # SciPy, h5py and pymatreader raise whatever the damage leads them
            # to, UnboundLocalError and UnicodeDecodeError included.
            reason = " ".join(str(error).split()) or type(error).__name__
            raise InputError(
                f"{path}: cannot be read as a MATLAB file: {reason}"
            ) from error
        if variable not in content:
            raise InputError(f"{path}: has no variable {variable!r}.")
        self.value = content[variable]

    def field(self, struct: Any, *names: str, where: str = "") -> Any:
        """Returns a field of a field of … a struct.

        Args:
            struct: What to look in.
            *names: Names of the fields, outermost first.
            where: Which entry it is, for messages.

        Raises:
            InputError: If a field is missing.
        """
        for count, name in enumerate(names, start=1):
            if not isinstance(struct, dict) or name not in struct:
                path = ".".join(names[:count])
                at = f", {where}" if where else ""
                raise InputError(f"{self.path}{at}: has no field {path!r}.")
            struct = struct[name]
        return struct

    def number(self, struct: Any, *names: str, where: str = "") -> float:
        """Returns a number, also where MATLAB held it as a text.

        Args:
            struct: What to look in.
            *names: Names of the fields, outermost first.
            where: Which entry it is, for messages.

        Raises:
            InputError: If it is missing or no number.
        """
        value = self.field(struct, *names, where=where)
        try:
            return float(np.asarray(value).reshape(()))
        except (TypeError, ValueError):
            at = f", {where}" if where else ""
            raise InputError(
                f"{self.path}{at}: {'.'.join(names)!r} must be a number, "
                f"received {value!r}."
            ) from None

    def entries(self, struct: Any, *names: str) -> Iterator[dict[str, Any]]:
        """Yields the entries of a struct array, one dictionary each.

        The reader hands out one entry as a struct of values, several as a
        struct of lists, and none as an empty list.

        Args:
            struct: The struct array.
            *names: Fields that it must have; they tell how many there are.
        """
        if isinstance(struct, list | np.ndarray) and not len(struct):
            return
        columns = {name: self.field(struct, name) for name in names}
        if not all(isinstance(value, list) for value in columns.values()):
            if any(np.size(value) for value in columns.values()):
                yield columns
            return
        lengths = {len(value) for value in columns.values()}
        if len(lengths) != 1:
            raise InputError(
                f"{self.path}: the fields {list(names)} have "
                f"{sorted(lengths)} entries; they must have as many."
            )
        for values in zip(*columns.values(), strict=True):
            yield dict(zip(columns, values, strict=True))
