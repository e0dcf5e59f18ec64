"""Numbers by part, a row for each kind of run."""

from collections.abc import Callable, Mapping, Sequence

from tf_explainer.tables.paper import model_name
from tf_explainer.tables.run_numbers import RunNumbers, mean_interval
from tf_explainer.tables.table import Cell, Row, Table


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


def part_counts(data: str, runs: Sequence[RunNumbers]) -> Table:
    """Returns the counts of one data set, a row for each kind of run.

    The paper tells such counts of one bird (58 head, 167 neck, 243 torso and
    44 other filters), without saying of which network: they are no reference.

    Args:
        data: Name of the data set.
        runs: Runs of any data set.

    Returns:
        A table whose columns are the parts and `other`; a part that a
        category has not got is missing.

    Source:
        Zhang et al. 2018, Figure 5.
    """
    mine = [run for run in runs if run.job.data == data]
    parts, rows = part_rows(mine, lambda run: run.parts, "no landmarks")
    return Table(0, data, "", parts, rows, digits=1)


def part_shares(data: str, runs: Sequence[RunNumbers]) -> Table:
    """Returns the contributions of one data set, a row for each kind of run.

    Pieces may be negative, and where they cancel the shares are large; see
    `filter_shares` for the paper's form.

    Args:
        data: Name of the data set.
        runs: Runs of any data set.

    Returns:
        A table in percent of the class score, whose columns are the parts,
        `other` filters, the `ordinary` track and the `bias`.

    Source:
        Zhang et al. 2018, Figure 5.
    """
    mine = [run for run in runs if run.job.data == data]
    parts, rows = part_rows(
        mine,
        lambda run: {k: 100 * v for k, v in run.shares.items()},
        "no landmarks, or class scores that are not above 0 in sum",
    )
    return Table(-1, data, "", parts, rows, digits=1)


_NO_FILTERS = ("ordinary", "bias")


def filter_shares(data: str, runs: Sequence[RunNumbers]) -> Table:
    """Returns the contributions among the filters, a row for each kind of run.

    The size of what the filters of a part give to the class score in sum, for
    it or against it, in percent of the sizes of all parts and `other`. What
    the ordinary track and the biases give is left out.

    Args:
        data: Name of the data set.
        runs: Runs of any data set.

    Returns:
        A table whose columns are the parts and `other` filters; a run whose
        filters give nothing is missing.

    Source:
        Zhang et al. 2018, Figure 5, which tells them of one image of a bird:
        12.8 % head, 42.2 % neck, 44.8 % torso, 0.2 % other. They are no
        reference for a whole data set.
    """
    mine = [run for run in runs if run.job.data == data]
    parts, rows = part_rows(
        mine, _among, "no landmarks, or filters that give nothing"
    )
    return Table(-2, data, "", parts, rows, digits=1)


def _among(run: RunNumbers) -> Mapping[str, float]:
    sizes = {
        name: abs(share)
        for name, share in run.shares.items()
        if name not in _NO_FILTERS
    }
    total = sum(sizes.values())
    if not total:
        return {}
    return {name: 100 * size / total for name, size in sizes.items()}
