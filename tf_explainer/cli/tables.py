"""`tf-explainer tables`."""

from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli.command_registry import COMMANDS


@COMMANDS.register("tables")
def tables(
    runs: Annotated[Path, typer.Argument(help="Folder with the runs.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Where to write; RUNS itself by default."),
    ] = None,
    like: Annotated[
        str,
        typer.Option(
            help="Data set of the paper whose numbers stand beside those of "
            "data sets that the paper does not have, such as pascal_part."
        ),
    ] = "",
) -> None:
    """Print and write the paper's tables with our numbers beside the paper's.

    Writes tables.md, tables.tex and tables.csv.

    Examples:

      tf-explainer tables runs/animals --like pascal_part
    """
    from tf_explainer.steps.tables import tables as write_tables

    typer.echo(write_tables(runs, out, like), nl=False)
