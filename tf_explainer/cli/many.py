"""The commands for millions of images: batch, batch-summary."""

from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.batch import check_installed, start_beam
from tf_explainer.cli import COMMANDS
from tf_explainer.cli.request import can_go_on, start_tensorflow
from tf_explainer.config.batch import MOST, BatchSettings, Launch


@COMMANDS.register("batch")
def batch(
    input: Annotated[
        list[str],
        typer.Option(
            help="A folder, a quoted pattern, a file of tf.train.Example "
            "(.tfrecord), a list of paths (.txt) or an image; may be repeated."
        ),
    ],
    output: Annotated[
        str,
        typer.Option(help="Folder to write, or an address as gs://NAME/DIR."),
    ],
    run: Annotated[
        Path | None,
        typer.Argument(metavar="[RUN]", help="The --out folder of a run."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="A version that tf-explainer export wrote, in place of RUN."
        ),
    ] = None,
    runner: Annotated[
        str, typer.Option(help="Runner of Apache Beam.")
    ] = Launch.runner,
    processes: Annotated[
        int,
        typer.Option(
            min=1,
            max=MOST["processes"],
            help="Processes on this machine, for DirectRunner.",
        ),
    ] = Launch.processes,
    beam_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Option of Beam or of the runner; may be repeated.",
        ),
    ] = None,
    feature: Annotated[
        str,
        typer.Option(help="Bytes feature of an example that is the image."),
    ] = BatchSettings.feature,
    key_feature: Annotated[
        str | None,
        typer.Option(
            help="Bytes feature that is its key; FILE#NUMBER by default."
        ),
    ] = BatchSettings.key_feature,
    shard_size: Annotated[
        int,
        typer.Option(
            min=1, max=MOST["shard_size"], help="Images of one Parquet file."
        ),
    ] = BatchSettings.shard_size,
    batch_size: Annotated[
        int,
        typer.Option(
            min=1,
            max=MOST["batch_size"],
            help="Images that the model answers together.",
        ),
    ] = BatchSettings.batch_size,
    top_scores: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST["top_scores"],
            help="Write so many of the highest scores; all by default.",
        ),
    ] = BatchSettings.top_scores,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Do it anew.")
    ] = False,
) -> None:
    """Explain millions of images into Parquet, by Apache Beam.

    The same command goes on where it was stopped. Images that cannot be read
    are told with the reason in OUTPUT/dead_letters. It needs pip install
    'tf_explainer[batch]'.

    Examples:

      tf-explainer batch runs/mine --input photos --output explained

      tf-explainer batch runs/mine --input 'photos/**/*.jpg' --input
      more.tfrecord --output explained --processes 2
    """
    settings = BatchSettings(
        tuple(input),
        feature,
        key_feature,
        shard_size,
        batch_size,
        top_scores,
    )
    launch = Launch(runner, processes, tuple(beam_option or ()))
    check_installed()
    with can_go_on("the same command"):
        start_tensorflow()
        start_beam()
        from tf_explainer.runs.batching import explain_many

        found = explain_many(run, model, settings, output, launch, overwrite)
    speed = (found.explained + found.dead) / max(found.seconds, 1e-9)
    typer.echo(output)
    typer.echo(
        f"{found.explained} explained, {found.dead} dead letters, "
        f"{found.skipped} done before; {speed:.1f} images a second",
        err=True,
    )


@COMMANDS.register("batch-summary")
def batch_summary(
    output: Annotated[
        str,
        typer.Argument(metavar="DIR", help="The --output folder of batch."),
    ],
) -> None:
    """Tell which parts carry which category, over all images of a batch.

    Writes summary.html and summary.json into the folder. It reads the Parquet
    piece by piece, so that millions of images take no more memory than some.

    Examples:

      tf-explainer batch-summary explained
    """
    check_installed()
    start_tensorflow()
    start_beam()
    from tf_explainer.runs.batching import summarize_many

    for path in summarize_many(output):
        typer.echo(path)
