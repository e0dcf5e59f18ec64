"""`tf-explainer compare`."""

import json as json_text
from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli.command_registry import COMMANDS
from tf_explainer.cli.start_tensorflow import start_tensorflow


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
    from tf_explainer.atomic_write import atomic_write
    from tf_explainer.steps.compare import compare_runs, print_comparison

    comparison = compare_runs(run_a, run_b)
    if json is not None:
        with atomic_write(json) as beside:
            text = json_text.dumps(comparison, indent=2, allow_nan=False)
            beside.write_text(text + "\n", encoding="utf-8")
    print_comparison(comparison, (run_a, run_b))
