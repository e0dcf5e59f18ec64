"""The paper's tables from runs."""

import dataclasses
from collections.abc import Sequence

from tf_explainer.tables.paper import MODEL_NAMES, PaperNumber, paper_numbers
from tf_explainer.tables.part_tables import (
    filter_shares,
    part_counts,
    part_shares,
)
from tf_explainer.tables.run_numbers import RunNumbers, mean_interval
from tf_explainer.tables.table import Cell, Row, Table

AVERAGE = "average"
Line = tuple[str, str]
Column = tuple[str, str]
_INSTABILITY, _LAYERS = "location_instability", ("target_layer", "top_conv")


@dataclasses.dataclass(frozen=True)
class _Form:
    """Lines (measure, model) in order, tasks, digits; which rows come more."""

    lines: tuple[Line, ...]
    tasks: tuple[str, ...]
    digits: int
    controls: bool = False
    short: bool = False


def _lines(measure: str, *models: str) -> tuple[Line, ...]:
    return tuple((measure, model) for model in models)


_ERRORS = (
    ("error", "performer"),
    ("error", "explainer"),
    ("delta_error", "explainer"),
    ("error", "explainer_cls"),
    ("delta_error", "explainer_cls"),
)
_BOTH = ("single", "multi")
_BASELINES = _lines(_INSTABILITY, *_LAYERS, "explainer")
_FORMS = {
    1: _Form(_lines(_INSTABILITY, "top_conv", "explainer"), _BOTH, 3, True),
    2: _Form(_lines("p", "explainer"), _BOTH, 4, short=True),
    3: _Form(_ERRORS, ("multi",), 2, short=True),
    4: _Form(_lines("p", "explainer"), _BOTH, 4),
    5: _Form(_BASELINES, ("single",), 3, True),
    6: _Form(_BASELINES, ("single",), 4, True),
    7: _Form(_ERRORS, ("multi", "single"), 2, short=True),
    # Not in the paper: the measure that a constant place cannot win.
    8: _Form(_lines("skill", *_LAYERS, "explainer"), _BOTH, 3, True),
}
# All baselines for one category: the paper's Table 6 for birds of CUB, its
# Table 5 for all else.
_BIRDS, _ALL = 6, 5


def make_tables(
    runs: Sequence[RunNumbers], like: str | None = None
) -> list[Table]:
    """Returns the paper's tables with the numbers of runs.

    A table is made for every data set that there are runs of and that fits
    it; the last rows are our variants and controls, which the paper has not.
    Behind them come filters and contributions per part, as in its Figure 5.

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
    figures = [
        figure(name, runs)
        for name in names
        for figure in (part_counts, part_shares, filter_shares)
    ]
    return [*tables, *(figure for figure in figures if figure.columns)]


def _table(
    number: int, data: str, reference: str, runs: list[RunNumbers]
) -> Table | None:
    form = _FORMS[number]
    columns = _columns(form, runs)
    other = _ALL if reference == "cub200_parts" else _BIRDS
    if not columns or number == other:
        return None
    paper = _paper(number, reference, columns, runs)
    rows = []
    for performer in _in_order(paper, runs):
        mine = [run for run in runs if run.job.performer == performer]
        for line in _all_lines(form, mine):
            cells = tuple(
                _cell(line, column, performer, mine, paper)
                for column in columns
            )
            if mine or any(cell.paper is not None for cell in cells):
                rows.append(Row(performer, line[1], cells, line[0]))
    titles = tuple(_title(column) for column in columns)
    reference = reference if paper else ""
    return Table(number, data, reference, titles, tuple(rows), form.digits)


def _paper(
    number: int, reference: str, columns: list[Column], runs: list[RunNumbers]
) -> list[PaperNumber]:
    """Returns the paper's numbers for these columns.

    Its averages are over all of its categories; those of other categories
    are not to be set beside them.
    """
    numbers = [n for n in paper_numbers() if n.data == reference]
    single = {n.category for n in numbers if n.task == "single"} - {AVERAGE}
    mine = {run.job.category for run in runs if run.job.task == "single"}
    several = {
        category
        for run in runs
        if run.job.task == "multi"
        for category in run.categories
    }
    other = set() if mine == single else {("single", AVERAGE)}
    if several and several != single:
        other.add(("multi", AVERAGE))
    return [
        n
        for n in numbers
        if n.table == number and (n.task, n.category) in {*columns} - other
    ]


def _columns(form: _Form, runs: list[RunNumbers]) -> list[Column]:
    columns: list[Column] = []
    for task in form.tasks:
        found = [run.job.category for run in runs if run.job.task == task]
        categories = list(dict.fromkeys(found))
        if task == "multi" or len(categories) < 2:
            columns += [(task, category) for category in categories]
            continue
        if not form.short:
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


def _all_lines(form: _Form, runs: list[RunNumbers]) -> list[Line]:
    """Returns the paper's lines, then our variants and controls."""
    measures = list(dict.fromkeys(measure for measure, _ in form.lines))
    variants = dict.fromkeys(run.job.variant for run in runs)
    more = [(measure, model) for model in variants for measure in measures]
    if form.controls:
        found = {line for run in runs for line in run.values}
        known = [*MODEL_NAMES, *sorted({model for _, model in found})]
        order = [(measure, m) for m in known for measure in measures]
        more += [line for line in order if line in found]
        more = [line for line in more if line[1] != "performer"]
    # A performer differs from itself by nothing.
    more = [line for line in more if line != ("delta_error", "performer")]
    return list(dict.fromkeys([*form.lines, *more]))


def _cell(
    line: Line,
    column: Column,
    performer: str,
    runs: list[RunNumbers],
    paper: list[PaperNumber],
) -> Cell:
    task, category = column
    printed = next(
        (
            found
            for found in paper
            if (found.measure, found.model) == line
            and found.performer == performer
            and (found.task, found.category) == column
        ),
        None,
    )
    mine = [run for run in runs if run.job.task == task]
    if task == "single" and category == AVERAGE:
        values, why = _average(mine, line)
    else:
        mine = [run for run in mine if run.job.category == category]
        values, why = _by_seed(mine, line)
    cell = Cell(missing=why)
    if printed:
        cell = dataclasses.replace(
            cell, paper=printed.value, paper_digits=printed.digits
        )
    if not values:
        return cell
    mean, half = mean_interval(list(values.values()))
    return dataclasses.replace(cell, mean=mean, half=half, seeds=len(values))


def _by_seed(
    runs: list[RunNumbers], line: Line
) -> tuple[dict[int, float], str]:
    """Returns the value of each seed, and why others are missing."""
    values: dict[int, float] = {}
    reasons: dict[int, str] = {}
    for run in runs:
        if line in run.values:
            # Baselines are in the runs of each variant; the first is taken.
            values.setdefault(run.job.seed, run.values[line])
        elif _could_hold(run, line[1]):
            reasons.setdefault(run.job.seed, run.missing or _NOT_MEASURED)
    lacking = {s: why for s, why in reasons.items() if s not in values}
    told = [f"seed {seed}: {why}" for seed, why in sorted(lacking.items())]
    return values, "; ".join(told) or ("" if values else "no run")


# Baselines and controls; the rest are variants.
_OF_EVERY_RUN = set(MODEL_NAMES) - {
    *("explainer", "explainer_cls", "explainer_cls_predicted", "plain"),
    "paper",
}
_NOT_MEASURED = (
    "not measurable, for want of landmarks or of a filter that fires"
)


def _could_hold(run: RunNumbers, model: str) -> bool:
    return model == run.job.variant or model in _OF_EVERY_RUN


def _average(
    runs: list[RunNumbers], line: Line
) -> tuple[dict[int, float], str]:
    """Returns the mean over the categories for each seed that has all."""
    categories = list(dict.fromkeys(run.job.category for run in runs))
    found = {
        category: _by_seed(
            [run for run in runs if run.job.category == category], line
        )[0]
        for category in categories
    }
    there = {
        seed: [value[seed] for value in found.values() if seed in value]
        for seed in sorted({run.job.seed for run in runs})
    }
    whole = {
        seed: sum(values) / len(values)
        for seed, values in there.items()
        if len(values) == len(categories)
    }
    lacking = [
        f"seed {seed}: {len(values)} of {len(categories)} categories"
        for seed, values in there.items()
        if seed not in whole
    ]
    could = any(_could_hold(run, line[1]) for run in runs)
    return whole, "; ".join(lacking) if could else "no run"
