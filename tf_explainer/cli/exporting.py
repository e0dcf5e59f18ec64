"""The command that hands the explainer to other engines."""

from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli import COMMANDS
from tf_explainer.cli.request import RUN, start_tensorflow


@COMMANDS.register("export")
def export(
    run: Annotated[Path, RUN],
    format: Annotated[
        str,
        typer.Option(help="savedmodel, litert, onnx or openvino."),
    ] = "savedmodel",
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the versions 1, 2, …, as TF Serving wants it; "
            "RUN/exported/FORMAT by default. No version is written over."
        ),
    ] = None,
) -> None:
    """Write the explainer for a server, a phone, ONNX or OpenVINO.

    Each format is run on test images and compared with Keras; one that
    answers otherwise is not kept. ONNX needs pip install 'tf_explainer[onnx]',
    OpenVINO 'tf_explainer[openvino]'.

    Examples:

      tf-explainer export runs/mine

      tf-explainer export runs/mine --format onnx --out models/animals
    """
    start_tensorflow()
    from tf_explainer.runs.exporting import export_run

    found = export_run(run, format, out)
    largest = max(found.differences.values())
    typer.echo(found.folder)
    typer.echo(f"largest difference from Keras: {largest:.1e}", err=True)
