"""Many images, explained by an Apache Beam pipeline into Parquet."""

import importlib.util

from tf_explainer.errors import InputError

_NEEDED = {"apache_beam": "Apache Beam", "pyarrow": "PyArrow"}

__all__ = ["check_installed"]


def check_installed() -> None:
    """Refuses work where the extra `batch` is missing.

    Raises:
        InputError: If Apache Beam or PyArrow is not installed.
    """
    for module, name in _NEEDED.items():
        if importlib.util.find_spec(module) is None:
            raise InputError(
                f"`batch` needs {name}, which is not installed: pip install "
                "'tf_explainer[batch]'"
            )
