"""A table, before it is written."""

import dataclasses

# 0 to -2 are what the paper's Figure 5 tells of one bird, 8 is ours alone.
TITLES = {
    -2: "Contribution of each part's filters, percent of all filters'",
    -1: "Contribution of each part's filters to the class score, percent",
    0: "Filters that stand for each part",
    1: "Location instability of performers and explainers",
    2: "Average p of explainers",
    3: "Errors in percent with several categories",
    4: "p of explainers",
    5: "Location instability with all baselines",
    6: "Location instability with all baselines, birds",
    7: "Errors in percent from features of performers and explainers",
    8: "Skill with all controls; 0 is a constant place",
}


@dataclasses.dataclass(frozen=True)
class Cell:
    """One number of ours beside the paper's.

    Attributes:
        mean: Mean over the seeds; None if missing.
        half: Half of the 95 % interval over seeds; None for fewer than two.
        seeds: Number of runs.
        paper: The paper's number, if it has one.
        missing: Why there is no number of ours.
        paper_digits: Digits behind the point of the paper's number.
    """

    mean: float | None = None
    half: float | None = None
    seeds: int = 0
    paper: float | None = None
    missing: str = ""
    paper_digits: int = 3

    @property
    def difference(self) -> float | None:
        """Ours less the paper's."""
        if self.mean is None or self.paper is None:
            return None
        return self.mean - self.paper


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes:
        performer: Name of the network.
        model: What was measured.
        cells: One a column.
        measure: Name of the measure.
    """

    performer: str
    model: str
    cells: tuple[Cell, ...]
    measure: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    """One of the paper's tables for one data set.

    Attributes:
        number: Number of the paper's table; 0 to -2 for its Figure 5, 8 for
            what the paper has not.
        data: Name of the data set.
        reference: Data set of the paper whose numbers stand beside ours;
            empty if the paper has none.
        columns: Names of the columns.
        rows: The lines.
        digits: Digits behind the point.
    """

    number: int
    data: str
    reference: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    digits: int
