"""The finished trials of a search, as a table."""

import csv
import dataclasses
import io
from collections.abc import Mapping, Sequence
from typing import Any

import keras_tuner
import numpy as np

from tf_explainer.tables.table import spreadsheet_cell
from tf_explainer.tuning.hyper_model import RUNG, ExplainerHyperModel


def pareto_front(values: np.ndarray) -> np.ndarray:
    """Returns which rows are on the Pareto front.

    A row is off it if another one is as good in every column and better in
    one.

    Args:
        values: float `(rows, columns)`; more is better in each.

    Returns:
        bool `(rows,)`.
    """
    values = np.asarray(values, np.float64)
    one, other = values[:, None], values[None]
    as_good = np.all(other >= one, axis=-1)
    better = np.any(other > one, axis=-1)
    return ~np.any(as_good & better, axis=1)


@dataclasses.dataclass(frozen=True)
class TrialRow:
    """One finished trial.

    Args:
        trial: Its number in the search, from 1.
        score: Value of the objective.
        measures: Name to value, see `TrialMeasures`.
        settings: Name to value of what was searched.
        within_limits: Whether Δ error and `p` keep the limits.
        on_front: Whether no other trial is as good in `benefit`, Δ error and
            `p`, and better in one.
    """

    trial: int
    score: float
    measures: Mapping[str, float]
    settings: Mapping[str, Any]
    on_front: bool = False
    within_limits: bool = True

    @property
    def benefit(self) -> str:
        """The measure that says how good the parts are."""
        known = ("one_to_one", "fidelity", "skill")
        return next((one for one in known if one in self.measures), "proxy")


def trial_table(tuner: keras_tuner.Tuner) -> list[TrialRow]:
    """Returns the finished trials, the best one first.

    Where the objective has limits, a trial that keeps them comes before all
    that do not; next, one of all epochs before those of a lower rung.

    Args:
        tuner: A tuner of an `ExplainerHyperModel`.
    """
    model: ExplainerHyperModel = tuner.hypermodel
    best = tuner.oracle.objective.direction == "max"
    rows = []
    for trial in tuner.oracle.trials.values():
        if trial.status != "COMPLETED":
            continue
        settings = searched(model, trial.hyperparameters)
        measures = {
            measure: float(trial.metrics.get_last_value(measure))
            for measure in model.measured
        }
        rows.append(
            TrialRow(
                trial=trial_number(trial),
                score=float(trial.score),
                measures=measures,
                settings=settings,
                within_limits=model.limits.kept(
                    measures["delta_error"], measures["p"]
                ),
            )
        )
    sign = -1 if best else 1
    limited = tuner.oracle.objective.name.startswith("limited_")

    def order(row: TrialRow) -> tuple[bool, int, float, int]:
        late = limited and not row.within_limits
        fewer = model.epochs - row.settings.get("epochs", model.epochs)
        return late, fewer, sign * row.score, row.trial

    return sorted(_with_front(rows), key=order)


def searched(
    model: ExplainerHyperModel, hp: keras_tuner.HyperParameters
) -> dict[str, Any]:
    """Returns the settings of a trial that are not the same in all.

    Args:
        model: What is searched.
        hp: Hyperparameters of the trial.
    """
    found = {
        name: value
        for name, value in model.settings(hp).items()
        # On a lower rung what is fixed may be less.
        if name not in model.fixed or value != model.fixed[name]
    }
    return found | (
        {"epochs": model.epochs_of(hp)} if RUNG in hp.values else {}
    )


def trial_number(trial: Any) -> int:
    """Returns the number of a trial in its search, from 1.

    Args:
        trial: A trial of keras-tuner, which counts from 0.
    """
    return int(trial.trial_id) + 1


def csv_text(rows: Sequence[TrialRow]) -> str:
    """Returns the table as CSV, with a head line.

    Args:
        rows: From `trial_table`.
    """
    text = io.StringIO()
    lines = [
        {
            "trial": row.trial,
            "score": row.score,
            "on_front": row.on_front,
            "within_limits": row.within_limits,
            **row.measures,
            **row.settings,
        }
        for row in rows
    ]
    names = list(dict.fromkeys(name for line in lines for name in line))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        cells = {name: spreadsheet_cell(value) for name, value in line.items()}
        writer.writerow(cells)
    return text.getvalue()


def _with_front(rows: list[TrialRow]) -> list[TrialRow]:
    if not rows:
        return []
    values = np.array(
        [
            [
                row.measures[row.benefit],
                -row.measures["delta_error"],
                row.measures["p"],
            ]
            for row in rows
        ]
    )
    return [
        dataclasses.replace(row, on_front=bool(front))
        for row, front in zip(rows, pareto_front(values), strict=True)
    ]
