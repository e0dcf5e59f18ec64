"""How much each part's filters contribute to the class score."""

from collections.abc import Sequence

from tf_explainer.tables.part_rows import part_rows
from tf_explainer.tables.read_runs import RunNumbers
from tf_explainer.tables.table import Table


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
