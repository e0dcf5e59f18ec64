"""`tf-explainer inspect`."""

from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli.command_registry import COMMANDS
from tf_explainer.cli.start_tensorflow import start_tensorflow

_MODEL = typer.Argument(
    metavar="MODEL.keras", help="The CNN: a .keras or .h5 file."
)


@COMMANDS.register("inspect")
def inspect(model: Annotated[Path, _MODEL]) -> None:
    """Print a CNN's layers, where it can be explained, and the best place.

    Examples:

      tf-explainer inspect my_cnn.keras

      tf-explainer inspect my_cnn.keras | grep conv
    """
    start_tensorflow()
    from tf_explainer.steps.inspect import inspect

    inspect(model)
