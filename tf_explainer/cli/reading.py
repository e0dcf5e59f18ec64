"""The commands that read what is there: inspect, compare, tables, options."""

import dataclasses
import json as json_text
from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli import COMMANDS
from tf_explainer.cli.options import PANELS
from tf_explainer.cli.request import start_tensorflow
from tf_explainer.config.options import default_text, limits_text, option_name
from tf_explainer.config.search import TuneSettings

_MODEL = typer.Argument(
    metavar="MODEL.keras", help="The CNN: a .keras or .h5 file."
)


@COMMANDS.register("inspect")
def inspect(model: Annotated[Path, _MODEL]) -> None:
    """Print a CNN's layers, where it can be explained, and the best place.

    Examples:

      tf-explainer inspect my_cnn.keras

      tf-explainer inspect my_cnn.keras | grep conv
    """
    start_tensorflow()
    from tf_explainer.runs.reading import inspect

    inspect(model)


@COMMANDS.register("compare")
def compare(
    run_a: Annotated[Path, typer.Argument(help="The --out folder of a run.")],
    run_b: Annotated[Path, typer.Argument(help="That of another run.")],
    json: Annotated[
        Path | None,
        typer.Option(help="Also write the numbers to this JSON file."),
    ] = None,
) -> None:
    """Compare two runs on the same test images, with paired tests.

    Examples:

      tf-explainer compare runs/one runs/two

      tf-explainer compare runs/one runs/two --json difference.json
    """
    start_tensorflow()
    from tf_explainer.runs.reading import compare_runs, print_comparison
    from tf_explainer.whole_files import atomic_write

    comparison = compare_runs(run_a, run_b)
    if json is not None:
        with atomic_write(json) as beside:
            text = json_text.dumps(comparison, indent=2, allow_nan=False)
            beside.write_text(text + "\n", encoding="utf-8")
    print_comparison(comparison, (run_a, run_b))


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
    from tf_explainer.runs.paper_tables import tables as write_tables

    if pictures:
        start_tensorflow()
    typer.echo(write_tables(runs, out, like, pictures), nl=False)


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
