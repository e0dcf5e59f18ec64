"""One option: its default, help text and limits, and whether a value fits."""

import dataclasses
import difflib
import math
import types
import typing
from pathlib import Path
from typing import Any

from tf_explainer.errors import InputError


def option(
    default: Any,
    help: str,
    group: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    shown: str = "",
    commas: bool = False,
) -> Any:
    """Returns a dataclass field that is an option of the command line too.

    Args:
        default: Value where the user says nothing.
        help: One sentence for `--help`.
        group: Which commands take it, see `tf_explainer.cli.options`.
        minimum: Smallest value allowed, if there is one.
        maximum: Largest value allowed, if there is one.
        choices: Words allowed; empty for any.
        shown: What `--help` shows as the default, if not the value itself.
        commas: Whether a name may hold a comma: who knows the names splits
            lists of them, see `tf_explainer.datasets.category_choice`.

    Returns:
        A field for a frozen dataclass.
    """
    return dataclasses.field(
        default=default,
        metadata={
            "help": help,
            "group": group,
            "minimum": minimum,
            "maximum": maximum,
            "choices": choices,
            "shown": shown,
            "commas": commas,
        },
    )


def option_name(field: str) -> str:
    """Returns the command line's spelling of a field of `Settings`.

    Args:
        field: Name such as `batch_size`.
    """
    return "--" + field.replace("_", "-")


_WORDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path",
    tuple: "a list of names",
    dict: "NAME=VALUE, each name once",
}


def check_option(field: dataclasses.Field, value: Any) -> Any:
    """Returns the value in the type of its field.

    Args:
        field: Field of `Settings`, made by `option`.
        value: What the command line, a TOML file or Python handed in.

    Raises:
        InputError: If the value has another type or lies outside its limits.
    """
    kind, optional = _kind(field.type)
    if value is None and optional:
        return None
    converted = _convert(kind, value, field.metadata["commas"])
    if converted is None:
        raise InputError(
            f"`{option_name(field.name)}` must be {_WORDS[kind]}, "
            f"received {value!r}."
        )
    _check_limits(field, converted)
    return converted


def _kind(annotation: Any) -> tuple[Any, bool]:
    """Returns `(type, whether None is allowed)` of `type` or `type | None`."""
    if isinstance(annotation, types.UnionType):
        kinds = typing.get_args(annotation)
        kind = typing.get_origin(kinds[0]) or kinds[0]
        return kind, type(None) in kinds
    return typing.get_origin(annotation) or annotation, False


def _convert(kind: Any, value: Any, commas: bool) -> Any:
    """Returns the value as `kind`, or None if it is no such thing."""
    if kind is tuple:
        return _names(value, commas)
    if kind is dict:
        return _pairs(value)
    if kind is Path and isinstance(value, str | Path) and str(value):
        return Path(value).expanduser()
    if kind is float and type(value) in (int, float):
        return float(value) if math.isfinite(value) else None
    # `type`, not `isinstance`: True is an int.
    return value if type(value) is kind and value != "" else None


def _names(value: Any, commas: bool) -> tuple[str, ...] | None:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        return None
    if not all(isinstance(name, str) for name in value):
        return None
    texts = value if commas else [t for one in value for t in one.split(",")]
    names = [name.strip() for name in texts]
    return tuple(dict.fromkeys(name for name in names if name))


def _pairs(value: Any) -> dict[str, Any] | None:
    """Returns a table, or what `["name=value", …]` says, as one."""
    if isinstance(value, dict):
        simple = (str, bool, int, float)
        if not all(isinstance(entry, simple) for entry in value.values()):
            return None
        found = list(value.items())
    else:
        lines = [value] if isinstance(value, str) else value
        if not isinstance(lines, list | tuple):
            return None
        split = [str(line).partition("=") for line in lines]
        if not all(name.strip() and mark for name, mark, _ in split):
            return None
        found = [(name, text.strip()) for name, _, text in split]
    # A name may be written as options are.
    named = {name.strip().replace("-", "_"): text for name, text in found}
    return named if len(named) == len(found) else None


def _check_limits(field: dataclasses.Field, value: Any) -> None:
    name = option_name(field.name)
    minimum = field.metadata["minimum"]
    if minimum is not None and value < minimum:
        raise InputError(f"`{name}` must be >= {minimum}, received {value}.")
    maximum = field.metadata["maximum"]
    if maximum is not None and value > maximum:
        raise InputError(f"`{name}` must be <= {maximum}, received {value}.")
    choices = field.metadata["choices"]
    if choices and value not in choices:
        close = difflib.get_close_matches(str(value), choices, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise InputError(
            f"`{name}` must be one of {', '.join(choices)}, "
            f"received {value!r}.{hint}"
        )
