"""The paper's tables from runs."""

from collections.abc import Iterable, Sequence

from tf_explainer.tables.mean_interval import mean_interval
from tf_explainer.tables.paper_numbers import PaperNumber, paper_numbers
from tf_explainer.tables.part_counts import part_counts
from tf_explainer.tables.read_runs import RunNumbers
from tf_explainer.tables.table import Cell, Row, Table

AVERAGE = "average"
# Measure, models in order, tasks, and digits of each of the paper's tables.
_FORMS: dict[int, tuple[str, tuple[str, ...], tuple[str, ...], int]] = {
    1: (
        "location_instability",
        ("top_conv", "explainer"),
        ("single", "multi"),
        3,
    ),
    2: ("p", ("explainer",), ("single", "multi"), 4),
    3: (
        "error",
        ("performer", "explainer", "explainer_cls"),
        ("multi",),
        2,
    ),
    4: ("p", ("explainer",), ("single", "multi"), 4),
    5: (
        "location_instability",
        ("target_layer", "top_conv", "explainer"),
        ("single",),
        3,
    ),
    6: (
        "location_instability",
        ("target_layer", "top_conv", "explainer"),
        ("single",),
        4,
    ),
    7: (
        "error",
        ("performer", "explainer", "explainer_cls"),
        ("multi", "single"),
        2,
    ),
    # Not in the paper: the measure that a constant place cannot win.
    8: (
        "skill",
        ("target_layer", "top_conv", "explainer"),
        ("single", "multi"),
        3,
    ),
}
_SHORT = (2, 3, 7)
_CONTROLS = (5, 6, 8)
_BIRDS = {6}
Column = tuple[str, str]


def make_tables(
    runs: Sequence[RunNumbers], like: str | None = None
) -> list[Table]:
    """Returns the paper's tables with the numbers of runs.

    A table is made for every data set that there are runs of and that fits
    it; the last rows are our variants and controls, which the paper has not.
    Behind them come the counts of filters per part, as in its Figure 5.

    Args:
        runs: The runs.
        like: Data set of the paper whose numbers stand beside those of data
            sets that the paper does not have; None for none.

    Returns:
        The tables by number, then by data set.
    """
    names = dict.fromkeys(run.job.data for run in runs)
    tables = []
    for number in _FORMS:
        for data in names:
            mine = [run for run in runs if run.job.data == data]
            known = {found.data for found in paper_numbers()}
            reference = data if data in known else like or ""
            table = _table(number, data, reference, mine)
            if table is not None:
                tables.append(table)
    return [*tables, *(part_counts(name, runs) for name in names)]


def _table(
    number: int, data: str, reference: str, runs: list[RunNumbers]
) -> Table | None:
    measure, models, tasks, digits = _FORMS[number]
    columns = _columns(number, tasks, runs)
    birds = {category for _, category in columns} == {"bird"}
    if not columns or (number in _BIRDS) != birds and number in (5, 6):
        return None
    paper = [
        found
        for found in paper_numbers()
        if found.table == number
        and found.data == reference
        and (found.task, found.category) in columns
    ]
    rows = []
    for performer in _in_order(paper, runs):
        mine = [run for run in runs if run.job.performer == performer]
        for model in _models(models, measure, mine, number):
            cells = tuple(
                _cell(measure, model, column, performer, mine, paper)
                for column in columns
            )
            rows.append(Row(performer, model, cells))
    titles = tuple(_title(column) for column in columns)
    return Table(number, data, reference, titles, tuple(rows), digits)


def _columns(
    number: int, tasks: Iterable[str], runs: list[RunNumbers]
) -> list[Column]:
    columns: list[Column] = []
    for task in tasks:
        found = [run.job.category for run in runs if run.job.task == task]
        categories = list(dict.fromkeys(found))
        if task == "multi" or len(categories) < 2:
            columns += [(task, category) for category in categories]
            continue
        if number not in _SHORT:
            columns += [(task, category) for category in categories]
        columns.append((task, AVERAGE))
    return columns


def _title(column: Column) -> str:
    task, category = column
    if task == "multi":
        return "several categories"
    return "average" if category == AVERAGE else category


def _in_order(paper: list[PaperNumber], runs: list[RunNumbers]) -> list[str]:
    names = [found.performer for found in paper]
    names += [run.job.performer for run in runs]
    return list(dict.fromkeys(names))


def _models(
    models: tuple[str, ...],
    measure: str,
    runs: list[RunNumbers],
    number: int,
) -> list[str]:
    """Returns the paper's models, then our variants and controls."""
    variants = [run.job.variant for run in runs]
    found = [*models, *variants]
    if number in _CONTROLS:
        found += [m for run in runs for k, m in run.values if k == measure]
    return list(dict.fromkeys(found))


def _cell(
    measure: str,
    model: str,
    column: Column,
    performer: str,
    runs: list[RunNumbers],
    paper: list[PaperNumber],
) -> Cell:
    task, category = column
    printed = next(
        (
            found.value
            for found in paper
            if (found.measure, found.model, found.performer)
            == (measure, model, performer)
            and (found.task, found.category) == column
        ),
        None,
    )
    mine = [run for run in runs if run.job.task == task]
    if task == "single" and category == AVERAGE:
        values, why = _average(mine, measure, model)
    else:
        mine = [run for run in mine if run.job.category == category]
        values, why = _by_seed(mine, measure, model)
    if not values:
        return Cell(paper=printed, missing=why)
    mean, half = mean_interval(list(values.values()))
    return Cell(mean, half, len(values), printed, why)


def _by_seed(
    runs: list[RunNumbers], measure: str, model: str
) -> tuple[dict[int, float], str]:
    """Returns the value of each seed, and why others are missing."""
    values: dict[int, float] = {}
    reasons = {}
    for run in runs:
        if (measure, model) in run.values:
            # Baselines are in the runs of each variant; the first is taken.
            values.setdefault(run.job.seed, run.values[measure, model])
        elif run.missing and _could_hold(run, model):
            reasons[run.job.seed] = run.missing
    lacking = {s: why for s, why in reasons.items() if s not in values}
    told = [f"seed {seed}: {why}" for seed, why in sorted(lacking.items())]
    return values, "; ".join(told) or ("" if values else "no run")


def _could_hold(run: RunNumbers, model: str) -> bool:
    baselines = ("target_layer", "top_conv", "performer")
    return model == run.job.variant or model in baselines


def _average(
    runs: list[RunNumbers], measure: str, model: str
) -> tuple[dict[int, float], str]:
    """Returns the mean over the categories for each seed that has all."""
    categories = list(dict.fromkeys(run.job.category for run in runs))
    found = {
        category: _by_seed(
            [run for run in runs if run.job.category == category],
            measure,
            model,
        )[0]
        for category in categories
    }
    seeds = set.intersection(*map(set, found.values())) if found else set()
    values = {
        seed: sum(found[category][seed] for category in categories)
        / len(categories)
        for seed in sorted(seeds)
    }
    there = sum(bool(value) for value in found.values())
    why = "no run" if not there else f"{there} of {len(categories)} categories"
    return values, "" if values else why
