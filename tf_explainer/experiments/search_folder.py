"""The `--out` folder of a search, and its trials for the terminal."""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from tf_explainer.config.options import option_name
from tf_explainer.config.search import TuneSettings
from tf_explainer.errors import InputError
from tf_explainer.runs.claim import Replaced, claimed, told_if_read_only
from tf_explainer.runs.opening import check_out
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.whole_files import atomic_write

if TYPE_CHECKING:
    from tf_explainer.tuning import TrialRow

# A search may go on with more of them.
_MAY_CHANGE = "trials"


class TuneFolder:
    """Names the files of a search.

    What is not for the user lies in `.tf_explainer/search/`: the options,
    whose file marks the folder as ours, the performer, and the state of the
    search.

    Args:
        path: The folder; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.best = self.path / "best.toml"
        self.table = self.path / "trials.csv"
        self.chart = self.path / "pareto.png"
        hidden = self.path / ".tf_explainer" / "search"
        self.performer = OutFolder(hidden / "performer")
        self.state = hidden / "state"
        self.replaced = Replaced(self.path)
        self._options = hidden / "options.json"

    @property
    def results(self) -> tuple[Path, ...]:
        """What a search leaves for the user."""
        return self.best, self.table, self.chart

    def is_ours(self) -> bool:
        """Whether a search made this folder."""
        return self._options.is_file()

    def has_work(self) -> bool:
        """Whether anything would be lost if the search began anew."""
        return self.is_ours() and self.performer.has_work()

    def options(self) -> dict[str, Any]:
        """Returns the options that the search was begun with."""
        return json.loads(self._options.read_text(encoding="utf-8"))

    def store(self, options: Mapping[str, Any]) -> None:
        """Stores the options, which makes the folder ours.

        Args:
            options: Field of `TuneSettings` to value.
        """
        text = json.dumps(options, indent=2, default=str)
        with atomic_write(self._options) as beside:
            beside.write_text(text + "\n", encoding="utf-8")

    def set_aside(self) -> None:
        """Takes the search back; `replaced` keeps it for the time being."""
        moved = [*self.results, self.performer.path, self.state]
        self.replaced.set_aside(moved, [self._options])


@contextlib.contextmanager
def open_tune_folder(
    out: Path,
    options: Mapping[str, Any],
    resume: bool = False,
    overwrite: bool = False,
) -> Iterator[tuple[TuneFolder, TuneSettings, dict[str, Any]]]:
    """Opens the folder of a search.

    No other process can open it while the block runs.

    Args:
        out: The folder.
        options: Field of `TuneSettings` to value, as the user gave them.
        resume: Whether to go on with an earlier search; `trials` may then
            be raised, and options need not be given again. Before the
            performer's first epoch is over, any option may be changed.
        overwrite: Whether to begin anew.

    Yields:
        The folder, the settings, and those of them that were given.

    Raises:
        InputError: If the folder holds other files, or a search and neither
            flag is set; if another process works in it; or if the options do
            not agree with the stored ones.
    """
    folder = TuneFolder(out)

    def look() -> dict[str, Any]:
        check_out(out, folder.is_ours(), resume, overwrite)
        return _given(folder, options, resume, overwrite)

    with claimed(out, look) as given:
        with told_if_read_only(out):
            if folder.has_work() and not resume:
                folder.set_aside()
            folder.store(given)
        yield folder, TuneSettings(**given), given


def _given(
    folder: TuneFolder,
    options: Mapping[str, Any],
    resume: bool,
    overwrite: bool,
) -> dict[str, Any]:
    # Without any, an attempt failed before it did anything.
    work = folder.has_work()
    if work and not (resume or overwrite):
        raise InputError(
            f"`--out` holds an earlier search, received {folder.path}. Add "
            "--resume to go on with it or --overwrite to replace it."
        )
    given = _checked(options)
    if not (resume and folder.is_ours()):
        return given
    stored = _checked(folder.options())
    if work:
        _refuse_changes(stored, given)
    return {**stored, **given}


def _checked(options: Mapping[str, Any]) -> dict[str, Any]:
    given = {k: v for k, v in options.items() if v is not None}
    settings = TuneSettings(**given)
    return {name: getattr(settings, name) for name in given}


def _refuse_changes(stored: dict[str, Any], given: dict[str, Any]) -> None:
    changes = [
        f"{option_name(name)} was {stored.get(name, 'not given')}, received "
        f"{value}"
        for name, value in given.items()
        if name != _MAY_CHANGE and stored.get(name) != value
    ]
    if changes:
        raise InputError(
            f"The search has other settings: {'; '.join(changes)}. Leave "
            "these options out, or take another --out."
        )


_MOST = 12
_COLUMNS = {
    "one_to_one": "one to\none",
    "fidelity": "fidelity",
    "removal": "lost without\nparts",
    "skill": "skill",
    "part_skill": "best filter\na part",
    "proxy": "proxy",
    "delta_error": "Δ error,\npoints",
    "p": "p",
    "alive": "filters\nalive",
    "seconds": "s",
}


def print_trials(
    rows: Sequence["TrialRow"],
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


def _table(rows: Sequence["TrialRow"]) -> Table:
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


def _print_correlation(rows: Sequence["TrialRow"], console: Console) -> None:
    from tf_explainer.tables.run_numbers import rank_correlation

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
