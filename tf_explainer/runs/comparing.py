"""Two finished runs, side by side."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tf_explainer.errors import InputError
from tf_explainer.evaluation.comparison import compare
from tf_explainer.evaluation.observation import Observation, load_observation
from tf_explainer.runs.out_folder import OutFolder


def compare_runs(run_a: Path, run_b: Path) -> dict[str, Any]:
    """Compares what two runs showed on the same test images.

    Args:
        run_a: An `--out` folder with numbers.
        run_b: Another one.

    Returns:
        JSON values, see `tf_explainer.evaluation.comparison`.

    Raises:
        InputError: If a folder holds no evaluated run, or if the two runs do
            not share their test images.
    """
    return compare(_observation("RUN_A", run_a), _observation("RUN_B", run_b))


def print_comparison(
    comparison: dict[str, Any],
    runs: tuple[Path, Path],
    console: Console | None = None,
) -> None:
    """Prints a comparison as a table.

    Args:
        comparison: What `compare_runs` gave.
        runs: The two folders, as they were given.
        console: Where to print; standard output by default.
    """
    console = console or Console()
    for letter, path in zip("AB", runs, strict=True):
        console.print(
            f"{letter}: {path}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    table = Table(box=None)
    titles = ("on the same test images", "A", "B", "B - A", "95 %", "p-value")
    for title in titles:
        table.add_column(title, justify="right" if table.columns else "left")
    for name, row in comparison["paired"].items():
        low, high = row["interval"]
        table.add_row(
            name,
            _number(row["one"]),
            _number(row["other"]),
            f"{row['difference']:+.3f}",
            f"{low:+.3f} to {high:+.3f}",
            f"{row['p_value']:.4f}",
        )
    for name, row in comparison["plain"].items():
        table.add_row(name, _number(row["one"]), _number(row["other"]))
    console.print(table)
    if stability := comparison.get("stability"):
        console.print(
            f"Filters paired by where they fire: {stability['value']:.2f} "
            f"alike (by chance {stability['chance']:.2f}, the same 1).",
            highlight=False,
        )
    console.print(
        "Interval and p-value speak of other test images, not of other seeds.",
        style="dim",
        highlight=False,
    )


def _observation(argument: str, path: Path) -> Observation:
    folder = OutFolder(path)
    if not path.is_dir() or not folder.is_ours():
        raise InputError(
            f"`{argument}` must be the --out folder of a run, received {path}."
        )
    if not folder.observation.is_file():
        raise InputError(
            f"`{argument}` has no numbers yet, received {path}. Run: "
            f"tf-explainer evaluate --out {path}"
        )
    return load_observation(folder.observation)


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"
