"""The commands that hand the explainer to other engines and servers."""

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


@COMMANDS.register("serving-config")
def serving_config(
    run: Annotated[Path, RUN],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    name: Annotated[
        str, typer.Option(help="What the model is called in addresses.")
    ] = "explainer",
) -> None:
    """Write all that TensorFlow Serving's own image needs.

    The model with requests that warm it up, its configuration, compose.yaml,
    and two examples that ask it. It needs pip install 'tf_explainer[serving]'.

    Examples:

      tf-explainer serving-config runs/mine --out served --name animals

      (cd served && docker compose up)
    """
    start_tensorflow()
    from tf_explainer.runs.exporting import write_serving

    for path in write_serving(run, out, name):
        typer.echo(path)
