"""How many filters stand for each part."""

from collections.abc import Sequence

from tf_explainer.tables.part_rows import part_rows
from tf_explainer.tables.read_runs import RunNumbers
from tf_explainer.tables.table import Table


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
