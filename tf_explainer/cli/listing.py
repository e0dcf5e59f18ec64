"""`tf-explainer options`: every option, with its bounds."""

import dataclasses

import typer

from tf_explainer.cli import COMMANDS
from tf_explainer.cli.options import PANELS
from tf_explainer.config.options import (
    default_text,
    limits_text,
    option_name,
)
from tf_explainer.config.search import TuneSettings


@COMMANDS.register("options")
def options() -> None:
    """Print every option: what it does, its default, bounds and source.

    Each can be given on the command line, in a TOML file (--config) and in
    Python, to the commands whose --help shows the others of its panel.

    Examples:

      tf-explainer options

      tf-explainer options | grep -A 3 peak-score
    """
    fields = dataclasses.fields(TuneSettings)
    for group, title in PANELS.items():
        typer.echo(f"{title}\n{'=' * len(title)}\n")
        for field in fields:
            if field.metadata["group"] == group:
                typer.echo(_told(field))


def _told(field: dataclasses.Field) -> str:
    facts = {
        "default": default_text(field),
        "bounds": limits_text(field),
        "source": field.metadata["source"],
    }
    told = "; ".join(f"{name}: {text}" for name, text in facts.items() if text)
    return (
        f"{option_name(field.name)}\n    {field.metadata['help']}\n    {told}\n"
    )
