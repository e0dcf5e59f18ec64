"""What a search has found, for the terminal and in its folder."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tf_explainer.config.search import TuneSettings
from tf_explainer.config.settings import Settings
from tf_explainer.experiments.grid import toml_text
from tf_explainer.experiments.search_folder import TuneFolder
from tf_explainer.tables.run_numbers import rank_correlation
from tf_explainer.tuning import (
    ExplainerTuner,
    Limits,
    TrialRow,
    pareto_chart,
    trial_table,
)
from tf_explainer.tuning.trial_events import write_trial_events
from tf_explainer.tuning.trials import csv_text, searched, trial_number
from tf_explainer.whole_files import atomic_write

_MOST = 12
# Not shown of explainers with parts, whose table would be too wide.
_OF_FILTERS = ("skill", "part_skill", "proxy", "alive")
_COLUMNS = {
    "one_to_one": "one to\none",
    "fidelity": "fidelity",
    "apart": "apart",
    "follows": "follow the\nimage",
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
    lines.append(f"Look at it: tensorboard --logdir {folder.tensorboard}")
    lines.append(
        f"Train it on all images: tf-explainer run --config {folder.best} "
        "--out DIR"
    )
    for line in lines:
        # In one piece, to be copied, however long the path.
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _table(rows: Sequence[TrialRow]) -> Table:
    hidden = _OF_FILTERS if "fidelity" in rows[0].measures else ()
    names = [
        name
        for name in _COLUMNS
        if name in rows[0].measures and name not in hidden
    ]
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


_SHOWN = (
    *("one_to_one", "fidelity", "removal", "skill", "proxy"),
    *("delta_error", "p", "seconds"),
)


def limits_of(settings: TuneSettings) -> Limits:
    """Returns what a trial may cost.

    Args:
        settings: What the search does.
    """
    return Limits(settings.max_delta_error, settings.min_p)


def write_results(
    tuner: ExplainerTuner,
    settings: TuneSettings,
    given: Mapping[str, Any],
    folder: TuneFolder,
) -> list[TrialRow]:
    """Writes `best.toml`, `trials.csv`, `pareto.png` and `tensorboard/`.

    Args:
        tuner: Of the search, which knows its trials.
        settings: What the search does.
        given: The options that the user gave.
        folder: Where to write.

    Returns:
        The finished trials, the best one first.
    """
    _write_events(tuner, folder)
    rows = trial_table(tuner)
    if not rows:
        return rows
    run_of = {
        name: value
        for name, value in given.items()
        if name in Settings.__dataclass_fields__
    }
    best = {**run_of, **rows[0].settings}
    # What is not written must be what the run would do by itself.
    best.setdefault("epochs", tuner.hypermodel.epochs)
    head = (
        f"# Trial {rows[0].trial} of {len(rows)}: "
        f"{tuner.oracle.objective.name} {rows[0].score:.3f} on a validation "
        f"part of the training images.\n{_limits_told(rows[0], settings)}"
    )
    with atomic_write(folder.best) as beside:
        beside.write_text(head + toml_text(best), encoding="utf-8")
    with atomic_write(folder.table) as beside:
        beside.write_text(csv_text(rows), encoding="utf-8")
    with atomic_write(folder.chart) as beside:
        pareto_chart(rows, limits_of(settings)).savefig(beside, dpi=150)
    return rows


def _write_events(tuner: ExplainerTuner, folder: TuneFolder) -> None:
    width = max(3, len(str(tuner.total)))
    for trial in tuner.oracle.trials.values():
        if trial.status not in ("COMPLETED", "FAILED"):
            continue
        write_trial_events(
            folder.tensorboard,
            f"trial_{trial_number(trial):0{width}d}",
            searched(tuner.hypermodel, trial.hyperparameters),
            {
                name: float(trial.metrics.get_last_value(name))
                for name in tuner.hypermodel.measured
                if trial.metrics.exists(name)
            },
            tuner.hypermodel.epochs_of(trial.hyperparameters),
            failed=trial.status == "FAILED",
        )


def _limits_told(best: TrialRow, settings: TuneSettings) -> str:
    if best.within_limits:
        return ""
    return (
        "# No trial kept the limits: this one has a Δ error of "
        f"{best.measures['delta_error']:.1f} points (at most "
        f"{settings.max_delta_error:g}) and p {best.measures['p']:.2f} (at "
        f"least {settings.min_p:g}).\n"
    )


def trial_line(trial: Any) -> str:
    """Returns what is said of a trial that has ended.

    Args:
        trial: A trial of keras-tuner.
    """
    if trial.status != "COMPLETED":
        lines = (trial.message or trial.status).strip().splitlines()
        return f"failed: {lines[-1]}"
    numbers = [
        f"{name} {trial.metrics.get_last_value(name):.3g}"
        for name in _SHOWN
        if trial.metrics.exists(name)
    ]
    return f"objective {trial.score:.3f}  " + "  ".join(numbers)
