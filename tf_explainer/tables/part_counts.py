"""How many filters stand for each part."""

from collections.abc import Sequence

from tf_explainer.tables.mean_interval import mean_interval
from tf_explainer.tables.read_runs import RunNumbers
from tf_explainer.tables.table import Cell, Row, Table


def part_counts(data: str, runs: Sequence[RunNumbers]) -> Table:
    """Returns the counts of one data set, a row for each kind of run.

    The paper tells such counts of one bird (58 head, 167 neck, 243 torso and
    44 other filters), without saying of which network: they are no reference.

    Args:
        data: Name of the data set.
        runs: Runs of any data set.

    Returns:
        A table whose columns are the parts; a part that a category has not
        got is missing.

    Source:
        Zhang et al. 2018, Figure 5.
    """
    mine = [run for run in runs if run.job.data == data]
    parts = tuple(dict.fromkeys(name for run in mine for name in run.parts))
    kinds: dict[tuple[str, str], list[RunNumbers]] = {}
    for run in mine:
        model = f"{run.job.variant}, {run.job.category}"
        kinds.setdefault((run.job.performer, model), []).append(run)
    rows = tuple(
        Row(performer, model, tuple(_cell(part, found) for part in parts))
        for (performer, model), found in kinds.items()
    )
    return Table(0, data, "", parts, rows, digits=1)


def _cell(part: str, runs: Sequence[RunNumbers]) -> Cell:
    counts = [float(run.parts[part]) for run in runs if part in run.parts]
    if not counts:
        reasons = {run.missing or "no such landmark" for run in runs}
        return Cell(missing="; ".join(sorted(reasons)))
    return Cell(*mean_interval(counts), seeds=len(counts))
