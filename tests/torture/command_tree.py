"""What the command line takes, from the tree of its commands."""

import dataclasses
import typing
from pathlib import Path
from typing import Any, NamedTuple

from tests.torture.calls import TREE
from tf_explainer.config.options import option_name, plain_type
from tf_explainer.config.search import TuneSettings
from tf_explainer.config.serving import ServingOptions

# As typer calls them where it has click of its own beside it.
_CALLED = {
    "integer": int,
    "integer range": int,
    "float": float,
    "float range": float,
    "path": Path,
    "text": str,
    "boolean": bool,
}


class Number(NamedTuple):
    """A number of the command line.

    Attributes:
        command: Its command.
        name: Such as `--epochs`.
        whole: Whether fractions are refused.
        least: What is just refused, at its lower end; None for no such end.
        most: The same at its upper end.
    """

    command: str
    name: str
    whole: bool
    least: float | None
    most: float | None


def commands() -> dict[str, Any]:
    """Returns all commands by name."""
    return dict(getattr(TREE, "commands", {}))


def kind_of(parameter: Any) -> Any:
    """Returns `int`, `float`, `str`, `Path` or `bool`."""
    told = getattr(parameter, "type_descriptor", None)
    if told is None:
        return _CALLED.get(parameter.type.name)
    kind = told.annotation
    while inner := typing.get_args(kind):
        kind = inner[0]
    return kind


def _fields() -> dict[str, dataclasses.Field]:
    tables = TuneSettings, ServingOptions
    both = [one for table in tables for one in dataclasses.fields(table)]
    return {option_name(field.name): field for field in both}


def beyond(field: dataclasses.Field) -> tuple[Any, Any]:
    """Returns what is just refused below and above, None for no bound."""
    told, step = field.metadata, 1 if plain_type(field) is int else 1e-6
    low, high = told["minimum"], told["maximum"]
    least = told["above"] if low is None else low - step
    most = told["below"] if high is None else high + step
    return least, most


def numbers() -> list[Number]:
    """Returns every number of every command."""
    found, fields = [], _fields()
    for name, command in commands().items():
        for parameter in command.params:
            kind, option = kind_of(parameter), parameter.opts[0]
            if kind not in (int, float):
                continue
            # Where click is not typer's own, they are of its type.
            bounds = getattr(parameter, "type", parameter)
            low, high = (
                getattr(bounds, "min", None),
                getattr(bounds, "max", None),
            )
            least = None if low is None else low - 1
            most = None if high is None else high + 1
            if option in fields and low is None and high is None:
                least, most = beyond(fields[option])
            found.append(Number(name, option, kind is int, least, most))
    return found


def call_of(command: str, folder: Path) -> list:
    """Returns a command with all that it must be handed.

    Args:
        command: Its name.
        folder: Where nothing of it is.
    """
    words: list = [command]
    for parameter in commands()[command].params:
        if parameter.required:
            given = folder / f"no_{parameter.name}"
            option = parameter.opts[0]
            words += [option, given] if option[:1] == "-" else [given]
    return words
