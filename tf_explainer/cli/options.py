"""Turns the fields of `Settings` into options of a command."""

import dataclasses
import functools
import inspect
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from tf_explainer.cli.request import Request
from tf_explainer.config.options import option_name
from tf_explainer.config.settings import Settings
from tf_explainer.config.toml import read_config

_PANELS = {
    "data": "Images",
    "performer": "The CNN to explain",
    "explainer": "The explainer",
    "measures": "The numbers",
    "speed": "Speed",
    "search": "The search",
}


def takes_options(
    *groups: str,
    of: type[Settings] = Settings,
) -> Callable[[Callable[[Request], None]], Callable[..., None]]:
    """Returns a decorator that gives a command its options.

    The command gets one `Request`. Every command has `--out`, `--config`,
    `--resume` and `--overwrite`; an option of the groups is a field of
    `Settings`, which alone holds its type, default and help text.

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
            given = {k: v for k, v in options.items() if v not in (None, [])}
            stored = read_config(config, of) if config else {}
            name = command.__name__
            together = {**stored, **given}
            command(Request(name, out, together, names, resume, overwrite))

        parameters = [*_OWN, *map(_parameter, fields)]
        # Typer reads the signature; `functools.wraps` left the command's.
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
    default = meta["shown"] or field.default
    shown = "" if default in (None, False) else str(default)
    if shown:
        help = f"{help} [dim](default: {shown})[/dim]"
    names = [name]
    if _plain(field.type) is bool:
        names = [f"{name}/--no-{name[2:]}"]
    option = typer.Option(
        *names,
        help=help,
        show_default=False,
        rich_help_panel=_PANELS[meta["group"]],
    )
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[_plain(field.type) | None, option],
    )


def _plain(annotation: Any) -> Any:
    """Returns `type` of `type | None`; a list of words for tuple and dict."""
    if isinstance(annotation, types.UnionType):
        annotation = typing.get_args(annotation)[0]
    several = typing.get_origin(annotation) in (tuple, dict)
    return list[str] if several else annotation


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
