"""One option: its default, help text and limits, and whether a value fits."""

import dataclasses
import math
import numbers
import types
import typing
from pathlib import Path
from typing import Any

from tf_explainer.errors import InputError, closest


def option(
    default: Any,
    help: str,
    group: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
    below: float | None = None,
    choices: tuple[str, ...] = (),
    more_choices: bool = False,
    source: str = "ours",
    shown: str = "",
    commas: bool = False,
    advanced: bool = False,
) -> Any:
    """Returns a dataclass field that is an option of the command line too.

    The field itself is `None` until somebody gives a value or the class fills
    in the default: so what was given can be told from what was not.

    Args:
        default: Value where the user says nothing.
        help: One line for `--help`.
        group: Which commands take it, see `tf_explainer.cli.options`.
        minimum: Smallest value allowed, if there is one.
        maximum: Largest value allowed, if there is one.
        above: What the value must be larger than, if there is such a bound.
        below: What the value must be smaller than, if there is such a bound.
        choices: Words allowed; empty for any.
        more_choices: Whether Python may name others, which it registered
            itself.
        source: Where the paper has it, or `ours`.
        shown: What `--help` shows as the default, if not the value itself;
            behind it if it begins with `;`.
        commas: Whether a name may hold a comma: who knows the names splits
            lists of them, see `tf_explainer.datasets.category_choice`.
        advanced: Whether `--help` leaves it to `tf-explainer options`.

    Returns:
        A field for a frozen dataclass.
    """
    told = {
        "default": default,
        "help": help,
        "group": group,
        "minimum": minimum,
        "maximum": maximum,
        "above": above,
        "below": below,
        "choices": choices,
        "more_choices": more_choices,
        "source": source,
        "shown": shown,
        "commas": commas,
        "advanced": advanced,
    }
    return dataclasses.field(default=None, metadata=told)


def retold(kind: Any, name: str, **told: Any) -> Any:
    """Returns a field of another class with some of its words changed.

    Args:
        kind: The class.
        name: Its field.
        **told: Arguments of `option`.
    """
    metadata = kind.__dataclass_fields__[name].metadata
    return dataclasses.field(default=None, metadata={**metadata, **told})


def option_name(field: str) -> str:
    """Returns the command line's spelling of a field of `Settings`.

    Args:
        field: Name such as `batch_size`.
    """
    return "--" + field.replace("_", "-")


def default_text(field: dataclasses.Field) -> str:
    """Returns what is told of an option's default; empty if there is none.

    Args:
        field: A field made by `option`.
    """
    default, shown = field.metadata["default"], field.metadata["shown"]
    nothing = default is None or default is False or default == ()
    plain = "" if nothing else str(default)
    return plain + shown if shown.startswith(";") else shown or plain


def limits_text(field: dataclasses.Field) -> str:
    """Returns an option's limits in words; empty if there are none.

    Args:
        field: A field made by `option`.
    """
    told = field.metadata
    if told["choices"]:
        return f"one of {', '.join(told['choices'])}"
    marks = {"minimum": ">=", "above": ">", "maximum": "<=", "below": "<"}
    return " and ".join(
        f"{mark} {told[bound]}"
        for bound, mark in marks.items()
        if told[bound] is not None
    )


_WORDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path",
    tuple: "a list of names",
    dict: "NAME=VALUE, each name once",
}


def check_option(field: dataclasses.Field, value: Any, name: str = "") -> Any:
    """Returns the value in the type of its field.

    Args:
        field: Field made by `option`.
        value: What the command line, a TOML file or Python handed in; `None`
            is "not given".
        name: What messages call it; the command line's spelling if empty.

    Raises:
        InputError: If the value has another type or lies outside its limits.
    """
    if value is None:
        return None
    kind = plain_type(field)
    called = name or option_name(field.name)
    converted = _convert(kind, value, field.metadata["commas"])
    if converted is None:
        raise InputError(
            f"`{called}` must be {_WORDS[kind]}, received {_shown(value)}."
        )
    # Python may have registered more than the files of the package do.
    if not (name and field.metadata["more_choices"]):
        _check_choice(field, converted, called)
    _check_limits(field, converted, called)
    return converted


def plain_type(field: dataclasses.Field) -> Any:
    """Returns `type` of `type | None`, and `tuple` of `tuple[str, ...]`.

    Args:
        field: A field made by `option`.
    """
    kind: Any = field.type
    if isinstance(kind, types.UnionType):
        kind = typing.get_args(kind)[0]
    return typing.get_origin(kind) or kind


def _convert(kind: Any, value: Any, commas: bool) -> Any:
    """Returns the value as `kind`, or None if it is no such thing."""
    if kind is tuple:
        return _names(value, commas)
    if kind is dict:
        return _pairs(value)
    if kind is Path and isinstance(value, str | Path) and str(value):
        return Path(value).expanduser()
    if kind in (int, float):
        return _number(kind, value)
    return value if type(value) is kind and value != "" else None


def _number(kind: Any, value: Any) -> Any:
    # True is an int.
    if isinstance(value, bool):
        return None
    if kind is int:
        return int(value) if isinstance(value, numbers.Integral) else None
    try:
        known = isinstance(value, numbers.Real) and math.isfinite(value)
        return float(value) if known else None
    except OverflowError:
        return None


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


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:
        # Python writes no number of more than some thousand digits.
        return "a number without end"


def _check_choice(field: dataclasses.Field, value: Any, name: str) -> None:
    choices = field.metadata["choices"]
    if choices and value not in choices:
        close = closest(str(value), choices, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise InputError(
            f"`{name}` must be one of {', '.join(choices)}, "
            f"received {value!r}.{hint}"
        )


def _check_limits(field: dataclasses.Field, value: Any, name: str) -> None:
    told = field.metadata
    outside = (
        (told["minimum"], ">=", lambda bound: value < bound),
        (told["maximum"], "<=", lambda bound: value > bound),
        (told["above"], ">", lambda bound: value <= bound),
        (told["below"], "<", lambda bound: value >= bound),
    )
    for bound, mark, misses in outside:
        if bound is not None and misses(bound):
            raise InputError(
                f"`{name}` must be {mark} {bound}, received {_shown(value)}."
            )
