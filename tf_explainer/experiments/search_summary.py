"""The trials of a search, for the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tf_explainer.experiments.search_folder import TuneFolder
from tf_explainer.tables.run_numbers import rank_correlation
from tf_explainer.tuning import TrialRow

_MOST = 12
_COLUMNS = {
    "skill": "skill",
    "part_skill": "best filter\na part",
    "proxy": "proxy",
    "delta_error": "Δ error,\npoints",
    "p": "p",
    "alive": "filters\nalive",
    "seconds": "s",
}


def print_trials(
    rows: Sequence[TrialRow],
    folder: TuneFolder,
    console: Console | None = None,
) -> None:
    """Prints the best trials and the Pareto front, and the files written.

    Args:
        rows: From `tune`, the best one first.
        folder: The `--out` folder.
        console: Where to print; standard output by default.
    """
    console = console or Console()
    shown = [row for i, row in enumerate(rows) if row.on_front or i < _MOST]
    console.print(_table(shown))
    if len(shown) < len(rows):
        more = len(rows) - len(shown)
        console.print(f"and {more} more in {folder.table}", markup=False)
    if not rows[0].within_limits:
        console.print(
            "No trial kept the limits on Δ error and p; more --trials may, or "
            "a smaller --filter-weight.",
            style="yellow",
        )
    _print_correlation(rows, console)
    console.print("Where it lies")
    lines = [f"  {path}" for path in folder.results]
    lines.append(
        f"Train it on all images: tf-explainer run --config {folder.best} "
        "--out DIR"
    )
    for line in lines:
        # In one piece, to be copied, however long the path.
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _table(rows: Sequence[TrialRow]) -> Table:
    names = [name for name in _COLUMNS if name in rows[0].measures]
    table = Table(
        title="Trials, the best within the limits first; * no other is as good "
        f"in {rows[0].benefit}, Δ error and p",
        title_justify="left",
        box=None,
    )
    table.add_column("trial", no_wrap=True)
    for head in ("objective", *(_COLUMNS[name] for name in names)):
        table.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            f"{row.trial}{'*' if row.on_front else ''}",
            f"{row.score:.3f}",
            *(_number(name, row.measures[name]) for name in names),
        )
    return table


def _print_correlation(rows: Sequence[TrialRow], console: Console) -> None:
    correlation = rank_correlation(
        [
            (row.measures["proxy"], row.measures["skill"])
            for row in rows
            if "skill" in row.measures
        ]
    )
    if correlation is not None:
        console.print(
            "Rank correlation of the landmark-free proxy with skill over "
            f"these trials: {correlation:.2f}",
            highlight=False,
        )


def _number(name: str, value: float) -> str:
    if name in ("alive", "seconds"):
        return f"{value:.0f}"
    return f"{value:.1f}" if name == "delta_error" else f"{value:.2f}"
