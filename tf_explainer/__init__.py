"""Explains a Keras CNN by the object parts it looks at."""

import importlib
import sys
from pathlib import Path
from typing import Any

__version__ = "0.1.0"

_ROOMS = (
    "attachment",
    "callbacks",
    "config",
    "datasets",
    "evaluation",
    "export",
    "explainer",
    "features",
    "layers",
    "losses",
    "performers",
    "report",
    "serving",
    "tables",
    "testing",
    "training",
    "tuning",
    "visualization",
)
_MODEL_ROOMS = ("performers", "layers", "losses", "explainer")

__all__ = ["Explainer", "__version__", *_ROOMS]


def __getattr__(name: str) -> Any:
    if name == "Explainer":
        return importlib.import_module("tf_explainer.explainer").Explainer
    if name in _ROOMS:
        return importlib.import_module(f"tf_explainer.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def _is_command_line() -> bool:
    program = sys.argv[0] if sys.argv else ""
    if program == "-m":
        return "tf_explainer" in sys.orig_argv
    return Path(program).stem == "tf-explainer"


# Keras finds a saved class only if its module has been imported, so that
# `import tf_explainer` must be enough for `load_model`. The command line loads
# no model before it has read its options, and `--help` must not wait for
# TensorFlow.
if not _is_command_line():
    for _room in _MODEL_ROOMS:
        importlib.import_module(f"tf_explainer.{_room}")
