"""The tfds builders of this package by their folders, and their settings."""

import dataclasses
import importlib
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tensorflow_datasets as tfds

from tf_explainer.errors import InputError, closest


class _Builders(Mapping[str, Any]):
    """Name → tfds builder class; a builder is imported when asked for."""

    def __iter__(self) -> Iterator[str]:
        # As tfds finds its own: by the path, so a new folder is enough.
        found = Path(__file__).parent.glob("*/*_dataset_builder.py")
        names = (path.parent.name for path in found)
        return iter(sorted(names))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return name in list(iter(self))

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            close = closest(name, list(self), n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise InputError(
                f"`data`: received {name!r}, which is neither a folder nor a "
                f"data set.{hint} Known: {list(self)}."
            )
        room = f"{__package__}.{name}.{name}_dataset_builder"
        return importlib.import_module(room).Builder


DATASETS: Mapping[str, Any] = _Builders()
"""Name → tfds builder class, for `--data NAME`."""
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
            close = closest(key, fields, n=1)
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


def make_config(builder_class: Any, settings: Mapping[str, Any]) -> Any:
    """Returns the configuration of a builder with these settings.

    Args:
        builder_class: A builder whose first configuration is a dataclass.
        settings: Field to value; a text such as `"12"` or `"true"` is taken
            for what the field holds.

    Returns:
        A configuration, the same one for the same settings; `None` for a
        builder that has none.

    Raises:
        InputError: If a setting is unknown or of a wrong type.
    """
    fields = settings_of(builder_class)
    values = convert_settings(builder_class.name, fields, settings)
    if not builder_class.BUILDER_CONFIGS:
        return None
    config = type(builder_class.BUILDER_CONFIGS[0])(**values)
    # tfds refuses a second configuration that has the name of a first.
    return builder_class.builder_configs.get(config.name, config)


def settings_of(builder_class: Any) -> dict[str, Any]:
    """Returns name to type of the settings that a builder takes.

    Args:
        builder_class: A builder whose first configuration is a dataclass.
    """
    configs = builder_class.BUILDER_CONFIGS
    if not configs or not dataclasses.is_dataclass(configs[0]):
        return {}
    own = {f.name for f in dataclasses.fields(tfds.core.BuilderConfig)}
    return {
        field.name: field.type
        for field in dataclasses.fields(configs[0])
        if field.name not in own
    }
