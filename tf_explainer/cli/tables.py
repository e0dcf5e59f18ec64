"""`tf-explainer tables`."""

from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli.command_registry import COMMANDS
from tf_explainer.cli.start_tensorflow import start_tensorflow


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
    pictures: Annotated[
        bool,
        typer.Option(
            "--pictures/--no-pictures",
            help="Also draw galleries of filters, which reads the images.",
        ),
    ] = True,
) -> None:
    """Print and write the paper's tables with our numbers beside the paper's.

    Writes tables.md, tables.tex, tables.csv and galleries/.

    Examples:

      tf-explainer tables runs/animals --like pascal_part
    """
    from tf_explainer.steps.tables import tables as write_tables

    if pictures:
        start_tensorflow()
    typer.echo(write_tables(runs, out, like, pictures), nl=False)
