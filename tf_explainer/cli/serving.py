"""The commands for servers: serve, serving-config."""

from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli import COMMANDS
from tf_explainer.cli.options import takes_fields
from tf_explainer.cli.request import RUN, start_tensorflow
from tf_explainer.config.serving import SERVERS, ServingOptions


@COMMANDS.register("serve")
@takes_fields(ServingOptions)
def serve(
    options: ServingOptions,
    run: Annotated[
        Path | None,
        typer.Argument(
            metavar="[RUN]", help="The --out folder of a run; or --model."
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            help="SavedModel of tf-explainer export, or a folder of versions "
            "1, 2, …, of which the newest is taken.",
        ),
    ] = None,
) -> None:
    """Answer questions about images over HTTP, by KServe's protocols.

    POST /v1/models/NAME:predict and :explain, /v2/models/NAME/infer; metrics
    for Prometheus at /metrics. It needs pip install 'tf_explainer[serve]'.
    Ctrl-C or SIGTERM ends it when all that was taken is answered.

    Examples:

      tf-explainer serve runs/mine --name animals

      tf-explainer serve --model models/animals --port 9000

      tf-explainer serve runs/mine --host 0.0.0.0 --token-file secret.txt
    """
    start_tensorflow()
    from tf_explainer.runs.serving import serve as serve_model

    serve_model(run, model, options, typer.echo)


@COMMANDS.register("serving-config")
def serving_config(
    run: Annotated[Path, RUN],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    name: Annotated[
        str, typer.Option(help="What the model is called in addresses.")
    ] = "explainer",
    server: Annotated[
        str, typer.Option(help=f"One of: {', '.join(SERVERS)}.")
    ] = SERVERS[0],
) -> None:
    """Write all that a server needs: TensorFlow Serving's image, or KServe.

    The model with requests that warm it up, and beside it for tensorflow its
    configuration, compose.yaml, and two examples that ask it; for kserve an
    InferenceService and the Dockerfile of its explainer. It needs pip install
    'tf_explainer[serving]'.

    Examples:

      tf-explainer serving-config runs/mine --out served --name animals

      (cd served && docker compose up)

      tf-explainer serving-config runs/mine --out served --server kserve
    """
    start_tensorflow()
    from tf_explainer.runs.exporting import write_serving

    for path in write_serving(run, out, name, server):
        typer.echo(path)
