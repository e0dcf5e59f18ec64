"""Numbers by part, a row for each kind of run."""

from collections.abc import Callable, Mapping, Sequence

from tf_explainer.tables.mean_interval import mean_interval
from tf_explainer.tables.model_names import model_name
from tf_explainer.tables.read_runs import RunNumbers
from tf_explainer.tables.table import Cell, Row


def part_rows(
    runs: Sequence[RunNumbers],
    numbers: Callable[[RunNumbers], Mapping[str, float]],
    nothing: str,
) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Returns the names of the parts and a row for each kind of run.

    Args:
        runs: Runs of one data set.
        numbers: Function of a run to its number for each part.
        nothing: Why a run that is done may have no number at all.
    """
    own = ("other", "ordinary", "bias")
    found = dict.fromkeys(name for run in runs for name in numbers(run))
    parts = sorted(found, key=lambda name: (name in own, *_place(name, own)))
    kinds: dict[tuple[str, str], list[RunNumbers]] = {}
    for run in runs:
        single = run.job.task == "single"
        case = run.job.category if single else "several categories"
        model = f"{model_name(run.job.variant)}, {case}"
        kinds.setdefault((run.job.performer, model), []).append(run)
    rows = tuple(
        Row(
            performer,
            model,
            tuple(_cell(part, mine, numbers, nothing) for part in parts),
        )
        for (performer, model), mine in kinds.items()
    )
    return tuple(parts), rows


def _place(name: str, own: Sequence[str]) -> tuple[int]:
    # `sorted` keeps the order of those that compare equal.
    return (own.index(name) if name in own else 0,)


def _cell(
    part: str,
    runs: Sequence[RunNumbers],
    numbers: Callable[[RunNumbers], Mapping[str, float]],
    nothing: str,
) -> Cell:
    values, reasons = [], []
    for run in runs:
        found = numbers(run)
        if part in found:
            values.append(float(found[part]))
        else:
            why = "no such landmark" if found else run.missing or nothing
            reasons.append(f"seed {run.job.seed}: {why}")
    missing = "; ".join(reasons)
    if not values:
        return Cell(missing=missing)
    return Cell(*mean_interval(values), seeds=len(values), missing=missing)
