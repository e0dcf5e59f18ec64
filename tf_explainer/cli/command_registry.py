"""The table of commands."""

from collections.abc import Callable
from typing import Any

from tf_explainer.registry import Registry

COMMANDS: Registry[Callable[..., Any]] = Registry("command", "tf_explainer.cli")
