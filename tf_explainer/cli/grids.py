"""The commands that train many times: experiment and tune."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli import COMMANDS
from tf_explainer.cli.options import takes_options
from tf_explainer.cli.request import Request, can_go_on, start_tensorflow
from tf_explainer.config.options import option_name
from tf_explainer.config.search import (
    OF_ONE_CALL,
    TuneSettings,
    refuse_environment,
)
from tf_explainer.errors import InputError
from tf_explainer.experiments.search_folder import open_tune_folder


@COMMANDS.register("experiment")
def experiment(
    file: Annotated[Path, typer.Argument(help="TOML file with the grid.")],
    out: Annotated[Path, typer.Option(help="Folder for all runs.")],
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="List the runs, what they need and how long."
        ),
    ] = False,
    parallel: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1024,
            help="Processes at a time; as many as there are cores and memory "
            "for by default.",
        ),
    ] = None,
    threads: Annotated[
        int,
        typer.Option(
            min=1,
            max=1024,
            help="Threads of each process; another number gives other last "
            "digits, and so, over many epochs, other numbers.",
        ),
    ] = 1,
    only: Annotated[
        str, typer.Option(help="Only runs whose folder contains this text.")
    ] = "",
    report: Annotated[
        bool,
        typer.Option(
            "--report",
            help="Also write each run's report.html and served model, which "
            "the tables do not need.",
        ),
    ] = False,
) -> None:
    """Do a grid of runs in parallel processes, skipping what is done.

    Runs that share a performer are one process, which computes the
    performer's features once. The same command goes on after an interruption
    and tries failed runs again.

    Examples:

      tf-explainer experiment experiments/animals.toml --out runs/animals

      tf-explainer experiment experiments/paper.toml --out runs/paper --dry-run
    """
    from tf_explainer.experiments.grid import Experiment
    from tf_explainer.experiments.plan import read_plan

    grid = Experiment(read_plan(file), out, report=report, threads=threads)
    if dry_run:
        # It measures, and so imports TensorFlow.
        start_tensorflow()
        from tf_explainer.experiments.forecast import experiment_report

        typer.echo("\n".join(experiment_report(grid, parallel, only=only)))
        return
    words = ["tf-explainer", "experiment", str(file), "--out", str(out)]
    words += ["--report"] if report else []
    words += ["--only", only] if only else []
    words += ["--parallel", str(parallel)] if parallel else []
    words += ["--threads", str(threads)] if threads > 1 else []
    with can_go_on(shlex.join(words)):
        failed = grid.run(parallel, only)
    typer.echo(f"Tables: tf-explainer tables {shlex.quote(str(out))}")
    if failed:
        raise typer.Exit(1)


@COMMANDS.register("tune")
@takes_options(
    *("search", "workers", "data", "performer", "explainer", "speed"),
    of=TuneSettings,
)
def tune(request: Request) -> None:
    """Search for the explainer's settings on a part of the training images.

    Options of the explainer that are given are not searched. Test images are
    never read. best.toml holds what was found, for `run --config`; tensorboard/
    shows all trials on TensorBoard's page HParams.

    With --chief the trials are done by workers, which see the same folder.
    Keep the port to yourself: what is said is not encrypted.

    Examples:

      tf-explainer tune --data my_animals --trials 20 --out runs/tune

      tf-explainer tune --data my_animals --performer my.keras --epochs 6
      --filter-loss exact --max-delta-error 2 --out runs/tune

      tf-explainer tune --data my_animals --oracle hyperband --out runs/tune

      tf-explainer tune --out runs/tune --resume --trials 40

      tf-explainer tune --data my_animals --out runs/tune --chief 8000

      tf-explainer tune --out runs/tune --worker ann

      tf-explainer run --config runs/tune/best.toml --out runs/best
    """
    refuse_environment()
    if "worker" in request.options:
        _work(request)
        return
    opened = open_tune_folder(
        request.out, request.options, request.resume, request.overwrite
    )
    chief = request.options.get("chief")
    again = request.again() + (
        f" --chief {shlex.quote(chief)}" if chief else ""
    )
    with opened as (folder, settings, given), can_go_on(again):
        # TensorFlow takes seconds to import; bad options must not wait.
        start_tensorflow()
        from tf_explainer.experiments.search import tune
        from tf_explainer.experiments.search_results import print_trials
        from tf_explainer.experiments.search_workers import lead

        search = lead if chief else tune
        print_trials(search(settings, given, folder), folder)


def _work(request: Request) -> None:
    own = TuneSettings(**request.options)
    others = sorted(set(request.options) - set(OF_ONE_CALL))
    flags = {"--resume": request.resume, "--overwrite": request.overwrite}
    given = [option_name(name) for name in others]
    if given := given + [name for name, is_set in flags.items() if is_set]:
        raise InputError(
            "`--worker` takes what it does from its chief; leave out "
            f"{', '.join(given)}."
        )
    words = ["tf-explainer", "tune", "--out", str(request.out)]
    words += ["--worker", str(own.worker)]
    words += ["--chief", own.chief] if own.chief else []
    with can_go_on(shlex.join(words)):
        start_tensorflow()
        from tf_explainer.experiments.search_workers import work

        work(request.out, str(own.worker), own.chief, own.worker_timeout)
