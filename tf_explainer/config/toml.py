"""Options from a TOML file."""

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tf_explainer.config.options import check_option
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError, closest

_LONGEST = 200


def read_config(path: Path, of: type[Settings] = Settings) -> dict[str, Any]:
    """Returns the options of a TOML file, by field name of `Settings`.

    Keys are the options without the dashes in front: `batch-size = 16` or
    `batch_size = 16`. Paths are relative to the working directory, as they
    are on the command line.

    Args:
        path: The file.
        of: Which options there are.

    Raises:
        InputError: If the file cannot be read, is no TOML, or has a key that
            is no option or a value that the option does not take.
    """
    table = toml_table(path, "--config")
    return check_options(table, path, of)


def toml_table(path: Path, option: str) -> dict[str, Any]:
    """Returns what a TOML file holds.

    Args:
        path: The file.
        option: What names it, for messages.

    Raises:
        InputError: If it cannot be read, or is no TOML.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"`{option}` cannot be read, received {path}: {error.strerror}."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"`{option}` is not a TOML file, received {path}: {error}."
        ) from error
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise InputError(
            f"`{option}` is nested too deeply, received {path}."
        ) from error
    # A number of thousands of digits is a ValueError, too.
    except ValueError as error:
        told = str(error).partition(";")[0]
        raise InputError(
            f"`{option}` is not a TOML file, received {path}: "
            f"{told[:_LONGEST]}."
        ) from error


def check_options(
    table: Mapping[str, Any], path: Path, of: type[Settings] = Settings
) -> dict[str, Any]:
    """Returns the options of a table of a TOML file, checked.

    Args:
        table: Names of options to values.
        path: The file, for messages.
        of: Which options there are.

    Raises:
        InputError: If a key is no option or a value not what it takes.
    """
    fields = {field.name: field for field in dataclasses.fields(of)}
    options = {}
    for key, value in table.items():
        name = _field_name(key, list(fields), path)
        if name in options:
            raise InputError(
                f"In {path}: {name.replace('_', '-')!r} and {name!r} are one "
                "option; leave one of them out."
            )
        try:
            options[name] = check_option(fields[name], value)
        except InputError as error:
            raise InputError(f"In {path}: {error}") from error
    return options


def _field_name(key: str, names: list[str], path: Path) -> str:
    name = key.replace("-", "_")
    if name in names:
        return name
    close = closest(name, names, n=1)
    hint = f" Did you mean {close[0].replace('_', '-')!r}?" if close else ""
    raise InputError(f"In {path}: {key!r} is no option.{hint}")
