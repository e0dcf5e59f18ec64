"""Many images, explained by an Apache Beam pipeline into Parquet."""

import importlib.util
import logging

from tf_explainer.errors import InputError

_NEEDED = {"apache_beam": "Apache Beam", "pyarrow": "PyArrow"}

__all__ = ["check_installed", "start_beam"]


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


def start_beam() -> None:
    """Imports Beam quietly: it warns of extras of its own that it lacks."""
    logging.disable(logging.WARNING)
    try:
        importlib.import_module("apache_beam.io.filesystems")
        importlib.import_module("apache_beam.ml.inference.base")
    finally:
        logging.disable(logging.NOTSET)
