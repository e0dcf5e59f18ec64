"""The `tf-explainer` command; one file a command, found by its file.

Nothing here imports TensorFlow before a command runs.
"""

from tf_explainer.cli.command_registry import COMMANDS

__all__ = ["COMMANDS"]
