"""The `tf-explainer` command; a command is found by its file.

Nothing here imports TensorFlow before a command runs.
"""

from collections.abc import Callable
from typing import Any

from tf_explainer.registry import Registry

COMMANDS: Registry[Callable[..., Any]] = Registry("command", __name__)

__all__ = ["COMMANDS"]
