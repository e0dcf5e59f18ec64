"""Turns the fields of `Settings` into options of a command."""

import dataclasses
import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from tf_explainer.cli.request import Request
from tf_explainer.config.options import (
    check_option,
    default_text,
    option_name,
    plain_type,
)
from tf_explainer.config.settings import Settings
from tf_explainer.config.toml import read_config

PANELS = {
    "data": "Images",
    "performer": "The CNN to explain",
    "explainer": "The explainer",
    "measures": "The numbers",
    "speed": "Speed",
    "devices": "Devices",
    "search": "The search",
    "server": "The server",
    "limits": "Limits of requests",
    "workers": "Several processes",
}
_MORE = "All options, with their bounds: tf-explainer options"


def takes_options(
    *groups: str,
    of: type[Settings] = Settings,
) -> Callable[[Callable[[Request], None]], Callable[..., None]]:
    """Returns a decorator that gives a command its options.

    The command gets one `Request`. Every command has `--out`, `--config`,
    `--resume` and `--overwrite`; an option of the groups is a field of
    `Settings`, which alone holds its type, default and help text. `--help`
    leaves the advanced ones to `tf-explainer options`.

    Args:
        *groups: Groups of the fields, as in `option(group=...)`.
        of: Where the fields stand.
    """
    fields = [
        field
        for field in dataclasses.fields(of)
        if field.metadata["group"] in groups
    ]
    names = [field.name for field in fields]

    def decorate(command: Callable[[Request], None]) -> Callable[..., None]:
        @functools.wraps(command)
        def call(
            out: Path,
            config: Path | None,
            resume: bool,
            overwrite: bool,
            **options: Any,
        ) -> None:
            given = {
                field.name: check_option(field, options[field.name])
                for field in fields
                # Before the folder is looked at: it may lack much.
                if options[field.name] not in (None, [])
            }
            stored = read_config(config, of) if config else {}
            name = command.__name__
            together = {**stored, **given}
            command(Request(name, out, together, names, resume, overwrite))

        parameters = [*_OWN, *map(_parameter, fields)]
        # Typer reads the signature; `functools.wraps` left the command's.
        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        call.epilog = _MORE  # type: ignore[attr-defined]
        call.__annotations__ = {p.name: p.annotation for p in parameters}
        return call

    return decorate


def takes_fields(
    of: Any,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Returns a decorator that adds options to a command's own arguments.

    The command gets them as one object, its first argument.

    Args:
        of: A dataclass of options, which checks and fills in what it is
            handed.
    """
    fields = [_parameter(field) for field in dataclasses.fields(of)]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(command).parameters.values())[1:]

        @functools.wraps(command)
        def call(**given: Any) -> None:
            chosen = {one.name: given.pop(one.name) for one in fields}
            command(of(**chosen), **given)

        parameters = [
            *(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own),
            *fields,
        ]
        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        call.__annotations__ = {p.name: p.annotation for p in parameters}
        return call

    return decorate


def _parameter(field: dataclasses.Field) -> inspect.Parameter:
    """The option of one field; None where the user says nothing."""
    name = option_name(field.name)
    meta = field.metadata
    help = meta["help"]
    if meta["choices"]:
        help = f"{help} One of: {', '.join(meta['choices'])}."
    if shown := default_text(field):
        help = f"{help} [dim](default: {shown})[/dim]"
    names = [name]
    kind = plain_type(field)
    if kind is bool:
        names = [f"{name}/--no-{name[2:]}"]
    option = typer.Option(
        *names,
        help=help,
        show_default=False,
        rich_help_panel=PANELS[meta["group"]],
        hidden=meta["advanced"],
    )
    # A list of words, of which the settings make more.
    several = kind in (tuple, dict)
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[(list[str] if several else kind) | None, option],
    )


def _own(
    name: str, kind: Any, help: str, default: Any = inspect.Parameter.empty
) -> inspect.Parameter:
    option = typer.Option(f"--{name}", help=help, show_default=False)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, option],
    )


_OWN = [
    _own("out", Path, "Folder for everything that is written."),
    _own(
        "config",
        Path | None,
        "TOML file with options, such as batch-size = 16; options given here "
        "win over it.",
        None,
    ),
    _own("resume", bool, "Go on where an earlier attempt stopped.", False),
    _own("overwrite", bool, "Do it anew, replacing what is there.", False),
]
