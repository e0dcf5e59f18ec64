"""A table, and how it is written as Markdown, LaTeX or CSV."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from typing import Any

from tf_explainer.errors import InputError
from tf_explainer.tables.paper import model_name

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


_LEGEND = "ours ± half of the 95 % interval over seeds (paper; difference)"


# See `PaperNumber`.
_EXCHANGED = (
    ", whose columns for one and for several categories are exchanged, as "
    "its Table 4 has them"
)


_OTHER_NAMES = {
    **dict.fromkeys((-2, -1, 0), "Figure 5"),
    8: "Not in the paper",
}


_CSV = (
    "table",
    "data",
    "reference",
    "performer",
    "model",
    "measure",
    "column",
    "ours",
    "half_interval",
    "seeds",
    "paper",
    "difference",
    "missing",
)


# Names of categories and reasons of failures may hold any character.
_LATEX = str.maketrans(
    {
        **{sign: "\\" + sign for sign in "_%&#${}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": "$<$",
        ">": "$>$",
        "−": "$-$",
        "±": r"$\pm$",
        "Δ": r"$\Delta$",
        "–": "--",
    }
)


_MARKDOWN = str.maketrans({"|": r"\|"})


def table_text(tables: Sequence[Table], form: str) -> str:
    """Returns tables as text.

    Args:
        tables: The tables.
        form: `markdown`, `latex` or `csv` (one line a number).

    Raises:
        InputError: If there is no such form.
    """
    forms = {"markdown": _markdown, "latex": _latex, "csv": _csv}
    if form not in forms:
        raise InputError(
            f"`form` must be one of {sorted(forms)}, received {form!r}."
        )
    return forms[form](tables)


def _title(table: Table) -> str:
    beside = f"paper's numbers: {table.reference}" if table.reference else ""
    told = f"{table.data}; {beside}" if beside else table.data
    name = _OTHER_NAMES.get(table.number, f"Table {table.number}")
    if (table.number, table.reference) == (2, "pascal_part"):
        told += _EXCHANGED
    return f"{name}. {TITLES[table.number]} ({told})"


def _grid(table: Table) -> tuple[list[list[str]], list[str]]:
    """Returns the texts of the cells, and notes on what is missing."""
    notes: list[str] = []
    lines = [["network", "features", *table.columns]]
    for row in table.rows:
        cells = [_text(cell, table.digits, notes) for cell in row.cells]
        name = model_name(row.model, row.measure)
        lines.append([row.performer, name, *cells])
    return lines, notes


def _text(cell: Cell, digits: int, notes: list[str]) -> str:
    # `z`: what rounds to zero has no sign.
    text = "–" if cell.mean is None else f"{cell.mean:z.{digits}f}"
    if cell.half is not None:
        text += f" ± {cell.half:.{digits}f}"
    if cell.paper is not None:
        text += f" ({cell.paper:.{cell.paper_digits}f}"
        if cell.difference is not None:
            text += f"; {cell.difference:+z.{digits}f}"
        text += ")"
    text = text.replace("-", "−")
    if cell.missing:
        if cell.missing not in notes:
            notes.append(cell.missing)
        text += f" [{notes.index(cell.missing) + 1}]"
    return text


def _markdown(tables: Sequence[Table]) -> str:
    blocks = [f"Numbers: {_LEGEND}."]
    for table in tables:
        (head, *lines), notes = _grid(table)
        rows = [head, ["---"] * len(head), *lines]
        blocks.append(
            "\n".join(
                [
                    f"## {_title(table)}\n",
                    *(_markdown_row(row) for row in rows),
                    "",
                    *(f"[{i}] {note}  " for i, note in enumerate(notes, 1)),
                ]
            )
        )
    return "\n\n".join(block.rstrip() for block in blocks) + "\n"


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.translate(_MARKDOWN) for cell in cells)} |"


def _latex(tables: Sequence[Table]) -> str:
    blocks = []
    for table in tables:
        lines, notes = _grid(table)
        body = [
            " & ".join(cell.translate(_LATEX) for cell in row) + r" \\"
            for row in lines
        ]
        told = [f"[{i}] {note}" for i, note in enumerate(notes, 1)]
        caption = ". ".join([_title(table), f"Numbers: {_LEGEND}", *told])
        blocks.append(
            "\n".join(
                [
                    r"\begin{table}",
                    rf"\caption{{{caption.translate(_LATEX)}.}}",
                    rf"\begin{{tabular}}{{ll{'r' * len(table.columns)}}}",
                    r"\hline",
                    body[0],
                    r"\hline",
                    *body[1:],
                    r"\hline",
                    r"\end{tabular}",
                    r"\end{table}",
                ]
            )
        )
    return "\n\n".join(blocks) + "\n"


# How a cell begins that a spreadsheet runs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def _csv(tables: Sequence[Table]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_CSV)
    for table in tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                numbers = (cell.mean, cell.half, cell.seeds, cell.paper)
                told = (
                    *(table.number, table.data, table.reference),
                    *(row.performer, row.model, row.measure, column),
                    *numbers,
                    cell.difference,
                    cell.missing,
                )
                writer.writerow(map(spreadsheet_cell, told))
    return file.getvalue()


def spreadsheet_cell(value: Any) -> Any:
    """Returns a cell of a csv file that no spreadsheet takes for a formula.

    Args:
        value: A number stays one; a text that would be run gets a `'` before
            it.
    """
    is_formula = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_formula else value
