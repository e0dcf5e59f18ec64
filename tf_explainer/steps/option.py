"""One field of `Settings`: its default, help text and limits."""

import dataclasses
from typing import Any


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
            lists of them, see `tf_explainer.datasets.chosen_names`.

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
