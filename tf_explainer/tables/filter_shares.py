"""How much each part's filters contribute, among the filters."""

from collections.abc import Mapping, Sequence

from tf_explainer.tables.part_rows import part_rows
from tf_explainer.tables.read_runs import RunNumbers
from tf_explainer.tables.table import Table

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
