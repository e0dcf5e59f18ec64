"""Settings of a data set in their types."""

import difflib
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tf_explainer.errors import InputError

_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path",
}


def convert_settings(
    name: str, fields: Mapping[str, Any], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns the settings in the types of their fields.

    Args:
        name: Name of the data set, for messages.
        fields: Name to type of the settings there are.
        settings: Name to value; a text such as `"12"` or `"true"` is taken
            for what the field holds.

    Raises:
        InputError: If a setting is unknown or of a wrong type.
    """
    for key in settings:
        if key not in fields:
            close = difflib.get_close_matches(key, fields, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise InputError(
                f"Data set {name!r} has the settings {sorted(fields)}, "
                f"received {[key]}.{hint}"
            )
    return {
        key: _convert(key, value, fields[key])
        for key, value in settings.items()
    }


def _convert(name: str, value: Any, annotation: Any) -> Any:
    kind, optional = annotation, False
    if isinstance(annotation, types.UnionType):
        kind, optional = typing.get_args(annotation)[0], True
    if value is None and optional:
        return None
    if isinstance(value, str) and kind in (bool, int, float):
        value = _read(value)
    if kind is float and type(value) is int:
        value = float(value)
    if kind is Path and isinstance(value, str | Path) and str(value):
        return Path(value)
    # `type`, not `isinstance`: True is an int.
    if kind is Path or type(value) is not kind:
        raise InputError(
            f"`{name}` must be {_WORDS[kind]}, received {value!r}."
        )
    return value


def _read(text: str) -> Any:
    """Returns the number or truth value that a text stands for."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
